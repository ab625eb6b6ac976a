"""`/v1` as other people's programs use it: the official client, llama-index's and LangChain's adapters, and what goes
wrong."""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from llama_index.core.llms import ChatMessage
from llama_index.embeddings.openai_like import OpenAILikeEmbedding
from llama_index.llms.openai_like import OpenAILike
from model_server import scripted_server
from served_texts import QUESTION, SECRET, settings_of

from ingest.settings import Settings
from kb.index.encoder import open_encoder
from service.openai_models import ANSWERING
from service.routes.chat_completions import ChatRequest
from service.server import serving
from service.storage.conversations import MOST_PREVIOUS

FOLLOW_UP = "食堂留样多久呢？"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return settings_of(tmp_path_factory.mktemp("openai"))


@pytest.fixture
def client(url: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{url}/v1", api_key="any", max_retries=0) as client:
        yield client


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


def ask(client: openai.OpenAI, *messages: dict[str, Any], **options: Any) -> Any:
    return client.chat.completions.create(model=ANSWERING, messages=list(messages), **options)  # type: ignore[call-overload]


def test_an_answer_has_its_citations_as_footnotes_as_annotations_and_whole(url: str, client: openai.OpenAI) -> None:
    completion = ask(client, user(QUESTION))
    (choice,) = completion.choices
    content = choice.message.content
    told = httpx.post(f"{url}/api/ask", json={"question": QUESTION}, timeout=60).json()
    answer = completion.answer
    assert {**answer, "timing_ms": None} == {**told, "timing_ms": None}
    assert choice.finish_reason == "stop" and "三元" in content and completion.model == ANSWERING
    assert content.endswith(f"\n\n[1] {told['citations'][0]['note']}")
    annotation = choice.message.annotations[0].url_citation
    assert content[annotation.start_index : annotation.end_index] == "[1]"
    assert httpx.get(annotation.url).status_code == 200 and annotation.title == told["citations"][0]["reference"]
    assert completion.usage.total_tokens == len(QUESTION) + len(content)


def test_a_stream_says_what_the_whole_answer_says(client: openai.OpenAI) -> None:
    whole = ask(client, user(QUESTION))
    chunks = list(ask(client, user(QUESTION), stream=True, stream_options={"include_usage": True}))
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == whole.choices[0].message.content
    assert chunks[0].choices[0].delta.role == "assistant" and len({chunk.id for chunk in chunks}) == 1
    *_, last, counted = chunks
    assert last.choices[0].finish_reason == "stop" and last.answer["citations"] == whole.answer["citations"]
    annotations = [one.model_dump() for one in whole.choices[0].message.annotations]
    assert last.choices[0].delta.annotations == annotations
    assert counted.choices == [] and counted.usage == whole.usage


def test_the_messages_before_the_last_are_the_conversation(url: str, client: openai.OpenAI) -> None:
    first = ask(client, {"role": "system", "content": "你是诗人。"}, user(QUESTION))
    second = ask(
        client, user(QUESTION), first.choices[0].message.model_dump(), {"role": "user", "content": [
            {"type": "text", "text": "满六十周岁呢？"}]},
    )  # fmt: skip
    with httpx.Client(base_url=url, timeout=60) as browser:
        asked = browser.post("/api/ask", json={"question": QUESTION, "conversation_id": "new"}).json()
        follow_up = {"question": "满六十周岁呢？", "conversation_id": asked["conversation_id"]}
        told = browser.post("/api/ask", json=follow_up).json()
    assert second.answer["resolved_question"] == told["resolved_question"] is not None
    assert second.answer["statements"] == told["statements"]
    assert ask(client, user("满六十周岁呢？")).answer["resolved_question"] is None


def test_no_more_questions_are_leant_on_than_in_a_conversation_that_is_kept(client: openai.OpenAI) -> None:
    long_ago = [user(QUESTION), *(user(f"第{n}个办法什么时候施行？") for n in range(MOST_PREVIOUS))]
    assert ask(client, *long_ago, user(FOLLOW_UP)).answer["question"] == FOLLOW_UP


def test_two_questions_may_both_be_answered_alike_and_a_question_asked_once_more_leans_on_nothing() -> None:
    told = ["我想申请公租房，我在杭州工作，能申请吗", "没有", "没有"]
    asked = ChatRequest.model_validate({"model": ANSWERING, "messages": [user(text) for text in told]})
    assert asked.query().previous == tuple(told[:2])
    again = ChatRequest.model_validate({"model": ANSWERING, "messages": [user(QUESTION), user(QUESTION)]})
    assert again.query().previous == ()


def test_a_refusal_is_content_and_its_kind_is_told(client: openai.OpenAI) -> None:
    completion = ask(client, user("火星上能养熊猫吗？"))
    refusal = completion.answer["refusal"]
    assert refusal["kind"] and completion.choices[0].message.content.startswith(refusal["message"])
    assert completion.choices[0].message.annotations == []
    chunks = list(ask(client, user("火星上能养熊猫吗？"), stream=True))
    assert "".join(c.choices[0].delta.content or "" for c in chunks) == completion.choices[0].message.content


def test_the_token_of_staff_asks_as_staff_and_no_other_key_does(url: str, client: openai.OpenAI, token: str) -> None:
    assert "八八六六" not in str(ask(client, user(SECRET)).model_dump())
    with openai.OpenAI(base_url=f"{url}/v1", api_key=token) as staff:
        assert "八八六六" in ask(staff, user(SECRET)).choices[0].message.content
        assert "八八六六" in "".join(c.choices[0].delta.content or "" for c in ask(staff, user(SECRET), stream=True))
    with httpx.Client(base_url=url, timeout=60) as browser:
        browser.post("/api/session", json={"token": token})
        asked = {"model": ANSWERING, "messages": [user(SECRET)]}
        assert "八八六六" not in browser.post("/v1/chat/completions", json=asked).text, "a cookie is no key"


def test_a_question_is_confined_as_it_is_elsewhere(client: openai.OpenAI) -> None:
    confined = ask(client, user(QUESTION), extra_body={"doc_id": "lift", "as_of": "2022-05-01"})
    assert confined.answer["within"] == {"as_of": "2022-05-01", "doc_id": "lift", "title": "加装电梯办法"}
    assert {cited["doc_id"] for cited in confined.answer["citations"]} <= {"lift"}
    with pytest.raises(openai.NotFoundError):
        ask(client, user(QUESTION), extra_body={"doc_id": "duty"})


PICTURE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
TOOL = {"type": "function", "function": {"name": "weather", "parameters": {}}}
REFUSED: list[tuple[dict[str, Any], str | None, str, str]] = [
    ({"tools": [TOOL]}, "tools", "invalid_value", "不能调用工具"),
    ({"tool_choice": "required"}, "tool_choice", "invalid_value", "不能调用工具"),
    ({"functions": [{"name": "weather"}]}, "functions", "invalid_value", "不能调用工具"),
    ({"messages": [{"role": "user", "content": [PICTURE]}]}, "messages.0.content", "invalid_value", "不能读取图片"),
    ({"messages": [{"role": "tool", "content": "4", "tool_call_id": "1"}]}, "messages.0.role", "invalid_value", "没有工具"),
    ({"messages": [user("问"), {"role": "assistant", "content": "答"}]}, "messages", "invalid_value", "最后一条"),
    ({"messages": []}, "messages", "invalid_value", "不能是空的"),
    ({"messages": "问"}, "messages", "invalid_type", "应当是列表"),
    ({"messages": [user("")]}, "messages", "bad_question", "问题是空的"),
    ({"messages": [user("？！")]}, "messages", "bad_question", "没有文字"),
    ({"messages": [user("补" * 10_001)]}, "messages", "context_length_exceeded", "最多10,000个"),
    ({"messages": [{"role": "user", "content": 5}]}, "messages.0.content", "invalid_value", "应当是文字"),
    ({"messages": [{"role": "poet", "content": "问"}]}, "messages.0.role", "invalid_value", "只能是"),
    ({"n": 5}, "n", "invalid_value", "只给出一个回答"),
    ({"n": "1"}, "n", "invalid_type", "应当是整数"),
    ({"stream": "yes"}, "stream", "invalid_type", "应当是 true 或 false"),
    ({"temperature": "warm"}, "temperature", "invalid_type", "应当是数"),
    ({"response_format": {"type": "json_object"}}, "response_format", "invalid_value", "只能回答文字"),
    ({"logprobs": True}, "logprobs", "invalid_value", "没有词元的概率"),
    ({"colour": "red"}, "colour", "unknown_parameter", "没有这一项"),
    ({"as_of": "2024-13-01"}, "as_of", "invalid_value", "没有 2024-13-01 这一天"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "param", "code", "words"), REFUSED, ids=[f"{p}-{n}" for n, (_, p, _, _) in enumerate(REFUSED)])  # fmt: skip
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_what_cannot_be_done_is_refused_in_the_form_that_clients_know(
    client: openai.OpenAI, given: dict[str, Any], param: str, code: str, words: str, stream: bool
) -> None:
    asked = {"model": ANSWERING, "messages": [user(QUESTION)], "stream": stream} | given
    with pytest.raises(openai.BadRequestError) as refused:
        client.post("/chat/completions", body=asked, cast_to=object)
    error = refused.value
    assert (error.param, error.code, error.type) == (param, code, "invalid_request_error")
    assert words in error.message
    assert set(error.body or {}) == {"message", "type", "param", "code"}  # type: ignore[call-overload]


def test_what_asks_for_nothing_special_is_taken(client: openai.OpenAI) -> None:
    asked = ask(
        client, user(QUESTION), n=1, tools=[], tool_choice="none", response_format={"type": "text"}, temperature=0,
        max_tokens=5, stop=["。"], seed=7, user="somebody", logprobs=False, metadata={"a": "b"},
    )  # fmt: skip
    assert "三元" in asked.choices[0].message.content


def test_an_unknown_model_is_not_found_and_the_known_one_is_named(client: openai.OpenAI) -> None:
    for call in (
        lambda: client.chat.completions.create(model="gpt-5", messages=[{"role": "user", "content": QUESTION}]),
        lambda: client.embeddings.create(model="gpt-5", input="补贴"),
        lambda: client.models.retrieve("gpt-5"),
    ):
        with pytest.raises(openai.NotFoundError) as unknown:
            call()
        assert unknown.value.code == "model_not_found" and unknown.value.param == "model"
    assert ANSWERING in unknown.value.message


def test_what_is_too_large_broken_or_nowhere_has_the_same_form(url: str, client: openai.OpenAI) -> None:
    with pytest.raises(openai.APIStatusError) as large:
        ask(client, user("补" * 300_000))
    assert large.value.status_code == 413 and large.value.code == "too_large"
    headers = {"Content-Type": "application/json"}
    broken = httpx.post(f"{url}/v1/chat/completions", content=b"{", headers=headers)
    listed = httpx.post(f"{url}/v1/chat/completions", json=[1])
    nowhere = httpx.get(f"{url}/v1/completions")
    got = httpx.get(f"{url}/v1/chat/completions")
    for response, status, code in (
        (broken, 400, "bad_json"), (listed, 400, "bad_request"), (nowhere, 404, "not_found"), (got, 405, "method_not_allowed"),
    ):  # fmt: skip
        assert response.status_code == status
        assert response.json()["error"] | {"message": ""} == {
            "message": "", "type": "invalid_request_error", "param": None, "code": code,
        }  # fmt: skip


def test_without_an_index_the_service_says_so(tmp_path: Path) -> None:
    with (
        serving(Settings(index_dir=tmp_path / "none")) as url,
        openai.OpenAI(base_url=f"{url}/v1", api_key="any", max_retries=0) as client,
    ):
        for stream in (False, True):
            with pytest.raises(openai.InternalServerError) as missing:
                ask(client, user(QUESTION), stream=stream)
            assert missing.value.status_code == 503 and missing.value.type == "server_error"
        with pytest.raises(openai.InternalServerError):
            client.models.list()


def test_models_are_the_knowledge_base_and_its_encoder(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == [ANSWERING, "embedded"]
    assert client.models.retrieve("embedded").owned_by == ANSWERING


def test_embeddings_are_those_that_the_index_searches_with(client: openai.OpenAI) -> None:
    texts = ["每餐补贴三元", "每台电梯补助二十万元"]
    encoder = open_encoder()
    told = client.embeddings.create(model="embedded", input=texts)
    assert [one.embedding for one in told.data] == pytest.approx(encoder.encode_passages(texts), abs=1e-6)
    numbers = client.embeddings.create(
        model="embedded", input=texts[0], encoding_format="float", extra_body={"input_type": "query"}
    )
    assert numbers.data[0].embedding == pytest.approx(encoder.encode_queries(texts[:1])[0], abs=1e-6)
    packed: Any = client.post(
        "/embeddings", body={"model": "embedded", "input": texts, "encoding_format": "base64"}, cast_to=object
    )
    first = base64.b64decode(packed["data"][0]["embedding"])
    assert len(struct.unpack(f"<{encoder.dimensions}f", first)) == encoder.dimensions


@pytest.mark.parametrize(
    ("given", "param", "code"),
    [
        ({"input": [[1, 2, 3]]}, "input", "invalid_value"),
        ({"input": ""}, "input", "invalid_value"),
        ({"input": []}, "input", "invalid_value"),
        ({"input": ["补贴"] * 1025}, "input", "invalid_value"),
        ({"input": ["补贴", "补" * 8193]}, "input", "context_length_exceeded"),
        ({"input": "补贴", "dimensions": 3}, "dimensions", "bad_input"),
        ({"input": "补贴", "encoding_format": "hex"}, "encoding_format", "invalid_value"),
        ({}, "input", "missing_required_parameter"),
    ],
)
def test_texts_that_cannot_be_embedded_are_refused(
    client: openai.OpenAI, given: dict[str, Any], param: str, code: str
) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        client.post("/embeddings", body={"model": "embedded"} | given, cast_to=object)
    assert (refused.value.param, refused.value.code) == (param, code)


def test_sentences_of_a_language_model_that_do_not_hold_are_never_streamed(settings: Settings) -> None:
    with scripted_server() as model:
        model.replies = [
            "年满七十周岁的老年人每餐补贴三元。[1]月球食堂补贴九百元。[1]火星食堂免费。[1]木星食堂打折。[1]"
        ]
        written = settings.model_copy(update={"llm_base_url": model.url, "llm_model": "scripted"})
        with serving(written) as url, openai.OpenAI(base_url=f"{url}/v1", api_key="any") as client:
            whole = ask(client, user(QUESTION)).choices[0].message.content
            streamed = "".join(c.choices[0].delta.content or "" for c in ask(client, user(QUESTION), stream=True))
    assert len(model.requests) == 2
    assert streamed == whole and "三元" in whole and "火星" not in whole


def test_the_adapters_of_llama_index_answer_and_embed(url: str) -> None:
    llm = OpenAILike(model=ANSWERING, api_base=f"{url}/v1", api_key="any", is_chat_model=True)
    whole = str(llm.chat([ChatMessage(role="user", content=QUESTION)]).message.content)
    assert "三元" in whole and "[1] 《长者食堂管理办法》" in whole
    pieces = [piece.delta or "" for piece in llm.stream_chat([ChatMessage(role="user", content=QUESTION)])]
    assert "".join(pieces) == whole
    embedding = OpenAILikeEmbedding(model_name="embedded", api_base=f"{url}/v1", api_key="any")
    vector = embedding.get_text_embedding("每餐补贴三元")
    assert vector == pytest.approx(open_encoder().encode_passages(["每餐补贴三元"])[0], abs=1e-6)


def test_the_adapters_of_langchain_answer_and_embed(url: str) -> None:
    model = ChatOpenAI(model=ANSWERING, base_url=f"{url}/v1", api_key="any")  # type: ignore[arg-type]
    whole = model.invoke([("system", "请简要回答。"), ("human", QUESTION)]).text
    assert "三元" in whole and "[1] 《长者食堂管理办法》" in whole
    assert "".join(piece.text for piece in model.stream([("human", QUESTION)])) == whole
    embeddings = OpenAIEmbeddings(
        model="embedded",
        base_url=f"{url}/v1",
        api_key="any",
        check_embedding_ctx_length=False,  # type: ignore[arg-type]
    )
    vectors = embeddings.embed_documents(["每餐补贴三元"])
    assert vectors == pytest.approx(open_encoder().encode_passages(["每餐补贴三元"]), abs=1e-6)
