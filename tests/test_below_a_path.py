"""Behind a proxy that serves it below a path, every address that the service tells, sets or redirects to lies below
that path."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from reverse_proxy import proxied
from served_texts import settings_of

from ingest.settings import Settings, read_settings
from ingest.web_address import OWN
from kb.errors import SettingError
from service.app import api
from service.server import serving

QUESTION = {"question": "年满七十周岁的老年人每餐补贴多少元？"}
PREFIX = "/portal/kb"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return settings_of(tmp_path_factory.mktemp("below"))


@pytest.fixture(scope="module")
def direct(settings: Settings) -> Iterator[str]:
    with serving(settings) as url:
        yield url


@pytest.fixture(scope="module")
def behind(direct: str) -> Iterator[str]:
    with proxied(direct, PREFIX) as url:
        yield url


def urls_in(told: object) -> list[str]:
    """Give every `url`, however deep."""
    if isinstance(told, list):
        return [url for one in told for url in urls_in(one)]
    if not isinstance(told, dict):
        return []
    return [told["url"], *urls_in(list(told.values()))] if told.get("url") else urls_in(list(told.values()))


@pytest.mark.parametrize(
    "path", ["/", "/eligibility", "/documents", "/documents/canteen", "/staff", "/a/none", "/nothing"]
)
def test_every_address_in_a_page_lies_below_and_is_there(behind: str, path: str) -> None:
    with httpx.Client(timeout=60, headers={"Accept": "text/html"}) as client:
        page = client.get(behind + path).text
        found = re.findall(r' (?:href|src|action)="(/[^"]*)"', page)
        assert len(found) > 5 and f'data-root="{PREFIX}"' in page
        for address in set(found):
            assert address.startswith(f"{PREFIX}/"), address
            assert client.get(behind.removesuffix(PREFIX) + address).status_code == 200, address


def test_every_address_that_the_api_tells_lies_below_and_is_there(behind: str) -> None:
    with httpx.Client(base_url=behind, timeout=60) as client:
        told = [
            client.post("api/ask", json=QUESTION).json(),
            client.get("api/documents").json(),
            client.get("api/documents/canteen").json(),
            client.get("api/search", params={"q": "补贴"}).json(),
        ]
        found = [urls_in(one) for one in told]
        assert all(found)
        for url in {url.partition("#")[0] for some in found for url in some}:
            assert url.startswith(f"{PREFIX}/")
        assert client.get("openapi.json").json()["servers"] == [{"url": PREFIX}]


def test_citations_of_the_openai_interface_are_whole_addresses_below(behind: str) -> None:
    asked = {"model": "kb", "messages": [{"role": "user", "content": QUESTION["question"]}]}
    with httpx.Client(base_url=behind, timeout=60) as client:
        model = client.get("v1/models").json()["data"][0]["id"]
        message = client.post("v1/chat/completions", json=asked | {"model": model}).json()["choices"][0]["message"]
    assert message["annotations"][0]["url_citation"]["url"].startswith(f"{behind}/documents/canteen#")


def test_what_was_kept_at_the_root_is_told_below(direct: str, behind: str) -> None:
    with httpx.Client(timeout=60) as client:
        asked = client.post(f"{direct}/api/ask", json=QUESTION | {"conversation_id": "new"})
        cookie = {"Cookie": asked.headers["set-cookie"].partition(";")[0]}
        place = asked.json()["conversation_id"]
        for address, root in ((direct, ""), (behind, PREFIX)):
            turns = client.get(f"{address}/api/conversations/{place}", headers=cookie).json()["turns"]
            assert urls_in(turns)[0].startswith(f"{root}/documents/canteen#")


def test_cookies_are_sent_to_nothing_else_on_the_name(behind: str, token: str) -> None:
    with httpx.Client(base_url=behind, timeout=60) as client:
        begun = client.post("api/conversations")
        entered = client.post("api/session", json={"token": token})
        left = client.delete("api/session")
    for response in (begun, entered, left):
        assert f"Path={PREFIX}/;" in response.headers["set-cookie"]
    assert left.headers["clear-site-data"] == '"cache"', "the storage is that of the whole name"


def test_redirects_stay_below(behind: str) -> None:
    response = httpx.get(f"{behind}/documents/", follow_redirects=False)
    assert response.status_code == 307
    assert response.headers["location"] == f"{behind}/documents"


def test_a_shared_link_lies_below(behind: str, token: str) -> None:
    with httpx.Client(base_url=behind, timeout=60) as client:
        client.post("api/session", json={"token": token})
        answer = client.post("api/ask", json=QUESTION | {"conversation_id": "new"}).json()
        assert client.post(f"api/answers/{answer['answer_id']}/share").json()["url"].startswith(f"{PREFIX}/a/")


def test_metrics_and_limits_know_the_routes_below(direct: str, behind: str) -> None:
    httpx.get(f"{behind}/static/texts.js")
    httpx.get(f"{behind}/api/documents/canteen")
    metrics = httpx.get(f"{direct}/metrics").text
    assert 'route="/static"' in metrics and 'route="/api/documents/{doc_id}"' in metrics
    assert PREFIX not in metrics


@pytest.mark.parametrize(
    "header",
    [
        "//elsewhere.example",
        "/kb/../x",
        "https://elsewhere.example",
        '/"><script>',
        "/api",
        "/kb\\x",
        "kb",
        "/" + "x" * 999,
    ],
)
def test_a_header_that_is_no_path_counts_as_none(direct: str, header: str) -> None:
    page = httpx.get(direct, headers={"X-Forwarded-Prefix": header})
    assert page.status_code == 200 and "data-root" not in page.text and 'href="/documents"' in page.text


def test_a_setting_tells_the_path_where_the_proxy_cannot(settings: Settings, tmp_path: Path) -> None:
    told = settings.model_copy(update={"root_path": "/kb", "database_url": f"sqlite:///{tmp_path / 'kb.sqlite'}"})
    with serving(told) as address, proxied(address, "/kb", tell=False) as url, httpx.Client(timeout=60) as client:
        assert 'href="/kb/documents"' in client.get(f"{url}/").text
        told_url = client.post(f"{url}/api/ask", json=QUESTION).json()["citations"][0]["url"]
        assert told_url.startswith("/kb/documents/canteen#")
        streamed = client.post(f"{url}/api/ask", json=QUESTION | {"stream": True}).text
        done = json.loads(streamed.rsplit("event: done\ndata: ", 1)[1].strip())
        assert done["citations"][0]["url"] == told_url


@pytest.mark.parametrize(
    "given", ["kb", "//kb", "/api", "/documents/kb", "/k b", "/kb?x", "https://city.example/kb", "/知识库"]
)
def test_a_root_path_that_is_none_is_refused_with_what_is_allowed(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("KB_ROOT_PATH", given)
    with pytest.raises(SettingError) as refused:
        read_settings()
    assert "KB_ROOT_PATH" in refused.value.message and given in refused.value.message and "/kb" in refused.value.message


def test_the_first_parts_of_all_own_addresses_are_known() -> None:
    paths = {route.path.split("/")[1] for route in api().state.routes}  # type: ignore[attr-defined]
    assert paths - {""} <= OWN
