"""A digest is never taken for an original, whichever way a citation leaves the system."""

from __future__ import annotations

import io
import json
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import digests
import docx
import httpx
import pytest
from digests import INVENTED, NAMED, QUESTIONS, TITLE, WORDS, assert_told
from indexing import CORPUS, index_folder

from ingest.settings import Settings
from kb.eligibility.catalogue import Catalogue
from kb.eligibility.judgement_presentation import citation, explain
from kb.index.encoder import open_encoder
from kb.knowledge_base import KnowledgeBase
from kb.llama_index import PolicyQueryEngine
from kb.presentation import answer_payload
from kb.provenance import name_of, provenance_of, reference, validity, worded
from kb.text.names import titled
from kb.types import Query
from service.display import WEB, traditional
from service.server import serving
from service.storage import Storage

SOURCES = sorted(QUESTIONS)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("digests")
    index_folder(digests.write_documents(folder / "documents"), folder / "index")
    return folder / "index"


@pytest.fixture(scope="module")
def knowledge_base(index: Path) -> KnowledgeBase:
    return KnowledgeBase.open(index, open_encoder())


@pytest.fixture(scope="module")
def staff(index: Path) -> Iterator[httpx.Client]:
    settings = Settings(index_dir=index, database_url=f"sqlite:///{index.parent}/kb.sqlite3")
    storage = Storage.of_settings(settings)
    token = storage.staff.first_token()
    storage.close()
    with serving(settings) as url, httpx.Client(base_url=url, timeout=30) as client:
        client.headers["X-Requested-With"] = "test"
        assert client.post("/api/session", json={"token": token}).is_success
        yield client


def asked(client: httpx.Client, source: str) -> dict[str, Any]:
    response = client.post("/api/ask", json={"question": QUESTIONS[source], "conversation_id": "new"})
    told: dict[str, Any] = response.raise_for_status().json()
    return told


def assert_cited(citation: dict[str, Any], source: str) -> None:
    """Hold a citation as programs read it."""
    assert (citation["source"], citation["quote"]) == (source, WORDS[source])
    assert citation["reference"] == NAMED[source]
    assert_told(citation["note"], source)
    assert {"title", "doc_no", "label", "status", "effective", "expires", "url"} <= citation.keys()
    if source == "background":
        assert (citation["doc_no"], citation["label"]) == (None, "背景情况")
        assert TITLE not in citation["title"]
    else:
        assert citation["label"].startswith("摘要 ") == (source == "digest")


def told_by_json(index: Path, client: httpx.Client, run: Any, source: str) -> str:
    (citation,) = asked(client, source)["citations"]
    assert_cited(citation, source)
    return str(citation["note"])


def told_by_events(index: Path, client: httpx.Client, run: Any, source: str) -> str:
    streamed = client.post("/api/ask", json={"question": QUESTIONS[source], "stream": True}).text
    events = re.findall(r"event: (\w+)\ndata: (.*)", streamed)
    (citation,) = [json.loads(data) for name, data in events if name == "citation"]
    (whole,) = [json.loads(data) for name, data in events if name == "done"]
    for one in (citation, *whole["citations"]):
        assert_cited(one, source)
    return str(citation["note"])


def told_by_word_file(index: Path, client: httpx.Client, run: Any, source: str) -> str:
    conversation = asked(client, source)["conversation_id"]
    file = client.get(f"/api/conversations/{conversation}/export.docx").raise_for_status().content
    return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(file)).paragraphs)


def told_by_conversation(index: Path, client: httpx.Client, run: Any, source: str) -> str:
    conversation = asked(client, source)["conversation_id"]
    (turn,) = client.get(f"/api/conversations/{conversation}").raise_for_status().json()["turns"]
    assert_cited(turn["citations"][0], source)
    return str(turn["citations"][0]["note"])


def told_by_shared_link(index: Path, client: httpx.Client, run: Any, source: str) -> str:
    shared = client.post(f"/api/answers/{asked(client, source)['answer_id']}/share").raise_for_status().json()
    answer = client.get(f"/api/shared/{shared['id']}").raise_for_status().json()["answer"]
    assert_cited(answer["citations"][0], source)
    return str(answer["citations"][0]["note"])


def told_by_feedback(index: Path, client: httpx.Client, run: Any, source: str) -> str:
    answer = asked(client, source)
    client.post("/api/feedback", json={"answer_id": answer["answer_id"], "verdict": "down"}).raise_for_status()
    items = client.get("/api/feedback").raise_for_status().json()["items"]
    (item,) = [one for one in items if one["answer_id"] == answer["answer_id"]]
    return str(item["answer"]["citations"][0]["note"])


def told_by_search(index: Path, client: httpx.Client, run: Any, source: str) -> str:
    hits = client.get("/api/search", params={"q": QUESTIONS[source]}).raise_for_status().json()["hits"]
    hit = next(one for one in hits if WORDS[source] in one["text"])
    assert hit["source"] == source
    return str(hit["reference"])


def told_by_command(index: Path, client: httpx.Client, run: Any, source: str) -> str:
    return str(run("ask", QUESTIONS[source], "--index", index).stdout)


def told_by_command_as_json(index: Path, client: httpx.Client, run: Any, source: str) -> str:
    (citation,) = json.loads(run("ask", QUESTIONS[source], "--index", index, "--json").stdout)["citations"]
    assert_cited(citation, source)
    return str(citation["note"])


def told_by_searching_command(index: Path, client: httpx.Client, run: Any, source: str) -> str:
    listed = str(run("search", QUESTIONS[source], "--index", index).stdout).split("\n")
    place = next(n for n, line in enumerate(listed) if WORDS[source] in line)
    return listed[place - 1]


def told_by_llama_index(index: Path, client: httpx.Client, run: Any, source: str) -> str:
    engine = PolicyQueryEngine(KnowledgeBase.open(index, open_encoder()))
    (node,) = engine.query(QUESTIONS[source]).source_nodes
    return node.node.get_metadata_str("llm")  # type: ignore[arg-type]


OUTLETS: list[Callable[[Path, httpx.Client, Any, str], str]] = [
    told_by_json, told_by_events, told_by_word_file, told_by_conversation, told_by_shared_link, told_by_feedback,
    told_by_search, told_by_command, told_by_command_as_json, told_by_searching_command, told_by_llama_index,
]  # fmt: skip


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("outlet", OUTLETS, ids=lambda outlet: outlet.__name__)
def test_every_outlet_says_what_is_quoted(
    outlet: Callable[..., str],
    source: str,
    index: Path,
    staff: httpx.Client,
    kb_command: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    assert_told(outlet(index, staff, kb_command, source), source)


def test_what_is_shown_in_traditional_script_keeps_titles_and_quotations(staff: httpx.Client) -> None:
    staff.cookies.set("kb_display", "zh-Hant")
    try:
        (citation,) = asked(staff, "original")["citations"]
        assert citation["reference"] == NAMED["original"].replace("效力未注明", traditional("效力未注明"))
        (citation,) = asked(staff, "background")["citations"]
        assert citation["reference"].startswith("背景情況，據")
        assert citation["quote"] == WORDS["background"]
    finally:
        staff.cookies.delete("kb_display")


def test_an_answer_kept_before_citations_told_what_they_quote_still_tells_a_digest() -> None:
    kept = {"title": TITLE, "doc_no": None, "label": "二、1.", "quote": "补助二十万元。", "page": None}
    kept |= {"status": "in_force", "kind": "digest"}
    assert worded(kept)["note"] == f"《{TITLE}》〔摘要〕（现行有效）二、1.：补助二十万元。"


def test_no_page_words_a_citation_of_its_own() -> None:
    for path in WEB.glob("*.js"):
        assert not re.search(r"《\$\{|“\$\{(?!node\.quote)", path.read_text("utf-8")), path.name


def test_background_is_named_as_such_in_the_answer_and_the_document_s_validity_is_not_its_own(
    knowledge_base: KnowledgeBase,
) -> None:
    answer = knowledge_base.ask(Query("", QUESTIONS["background"]))
    assert answer.text == f"{WORDS['background']}（背景情况）[1]"
    payload = answer_payload(answer, knowledge_base)
    assert payload["citations"][0]["status"] == "unknown"
    assert "（试行文件）" in knowledge_base.ask(Query("", QUESTIONS["digest"])).text


def test_a_suggestion_puts_no_invented_title_in_brackets(knowledge_base: KnowledgeBase) -> None:
    suggested = knowledge_base.suggest(knowledge_base.ask(Query("", QUESTIONS["digest"]))).suggestions
    assert any(INVENTED in question for question in suggested)
    assert not any(f"《{INVENTED}》" in question for question in suggested)


@pytest.mark.parametrize(
    ("title", "short", "named"),
    [
        ("某市关于印发某市食堂方案的通知", "某市食堂方案", "《某市食堂方案》"),
        ("某市关于转发《食堂方案》的通知", "食堂方案", "《食堂方案》"),
        ("某市关于推进食堂建设的意见", "食堂意见", "食堂意见"),
        ("某市关于推进食堂建设的意见", "推进食堂建设的意见", "推进食堂建设的意见"),
        ("某市食堂办法", None, "《某市食堂办法》"),
        ("某市食堂办法", "某市食堂办法", "《某市食堂办法》"),
    ],
)
def test_only_a_title_that_a_document_bears_stands_in_brackets(
    knowledge_base: KnowledgeBase, title: str, short: str | None, named: str
) -> None:
    document = knowledge_base.documents()[0]
    assert name_of(replace(document, title=title, short_title=short)) == named


def test_nothing_says_a_short_title_of_the_corpus_in_brackets_that_no_document_bears(corpus: KnowledgeBase) -> None:
    invented = {d.short_title for d in corpus.documents("staff") if d.short_title and name_of(d) == d.short_title}
    assert "片区化大物业指导意见" in invented and "杭州市社区嵌入式服务设施建设工程实施方案" not in invented
    for question in ("哪些政策提到托育？", "杭州和浙江的养老服务补贴分别是什么时候发布的？"):
        answer = corpus.suggest(corpus.ask(Query("", question)))
        said = answer.text + "".join(answer.suggestions)
        assert [name for name in invented if f"《{name}》" in said] == []


def test_every_clause_of_the_corpus_is_what_its_document_is_and_background_is_marked(corpus: KnowledgeBase) -> None:
    for document in corpus.documents("staff"):
        for clause in corpus.clauses(document.doc_id, "staff"):
            expected = "digest" if document.kind == "digest" else "original"
            if any("背景情况" in heading for heading in clause.headings):
                expected = "background"
            assert provenance_of(document, clause) == expected, clause.clause_id


def test_a_rule_of_eligibility_says_what_it_rests_on(corpus: KnowledgeBase) -> None:
    catalogue = Catalogue.open(CORPUS / "benefits", corpus)
    found = set()
    for benefit in catalogue.benefits:
        told = explain(catalogue, benefit)
        for leaf in benefit.conditions.leaves():
            cited = citation(catalogue, leaf.clause_id, leaf.quote)
            found.add(cited["source"])
            assert f"—— {cited['note']}" in told
            assert (f"“{leaf.quote}”" in told) == (cited["source"] == "original")
            assert (titled(cited["title"]) in cited["reference"]) == (cited["source"] != "background")
    assert {"digest", "background"} <= found


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": "in_force"}, "现行有效"),
        ({"status": "unknown"}, "效力未注明"),
        ({"status": "in_force", "expires": "2024-12"}, "已失效，有效期至2024年12月"),
        ({"status": "trial", "expires": "2027-12-31"}, "试行，有效期至2027年12月31日"),
        ({"status": "repealed"}, "已废止"),
        ({"status": "repealed", "expires": "2024-12"}, "已废止，有效期至2024年12月"),
        ({"status": "superseded", "expires": "2025-12-31"}, "已被替代，有效期至2025年12月31日"),
        ({"status": "in_force", "effective": "2026-05-01"}, "尚未施行，自2026年5月1日起施行"),
    ],
)
def test_validity_is_told_as_of_a_day(fields: dict[str, str], words: str) -> None:
    assert validity({"effective": None, "expires": None, **fields}, date(2026, 2, 1)) == words


def test_a_page_number_stands_behind_the_clause() -> None:
    fields = {"title": "某办法", "doc_no": None, "status": "in_force", "effective": None, "expires": None}
    assert (
        reference({**fields, "label": "第三条", "source": "original", "page": 2})
        == "《某办法》（现行有效）第三条，第2页"
    )
