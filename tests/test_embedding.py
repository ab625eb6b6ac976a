"""Which sites may embed the question box: those that the setting names, that page alone, and without anybody's
cookies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from indexing import index_folder

from ingest.settings import Settings, read_settings
from kb.errors import SettingError
from service.guards import SECURITY_HEADERS
from service.server import serving

ORIGINS = ("https://www.example.gov.cn", "http://10.1.2.3:8080")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("embedding")
    (folder / "documents").mkdir()
    (folder / "documents" / "canteen.txt").write_text(
        "公开方式：主动公开\n长者食堂管理办法\n第一条　每餐补贴三元。\n", "utf-8"
    )
    index_folder(folder / "documents", folder / "index")
    return folder / "index"


@pytest.fixture(scope="module")
def client(index: Path) -> Iterator[httpx.Client]:
    with (
        serving(Settings(index_dir=index, embed_origins=ORIGINS)) as url,
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        yield client


def ancestors(response: httpx.Response) -> str:
    """Give who may hold a page in a frame; everything else that it may do has to be as on every page."""
    policy = response.headers["content-security-policy"]
    rest, _, told = policy.rpartition("frame-ancestors ")
    assert rest == SECURITY_HEADERS["Content-Security-Policy"].rpartition("frame-ancestors ")[0]
    return told


def test_the_question_box_alone_may_stand_in_a_frame_of_the_named_sites(client: httpx.Client) -> None:
    page = client.get("/embed")
    assert page.status_code == 200 and ancestors(page) == " ".join(ORIGINS)
    for path in (
        "/",
        "/documents",
        "/documents/canteen",
        "/eligibility",
        "/staff",
        "/nothing",
        "/api/documents",
        "/embed.js",
    ):
        assert ancestors(client.get(path)) == "'none'", path
    unchanged = client.get("/embed", headers={"If-None-Match": page.headers["etag"]})
    assert unchanged.status_code == 304 and ancestors(unchanged) == " ".join(ORIGINS)


def test_other_sites_may_load_the_script_and_nothing_else(client: httpx.Client) -> None:
    assert client.get("/embed.js").headers["cross-origin-resource-policy"] == "cross-origin"
    for path in ("/embed", "/static/ask.js", "/static/embedding.js", "/api/documents"):
        response = client.get(path, headers={"Origin": ORIGINS[0]})
        assert response.headers["cross-origin-resource-policy"] == "same-origin", path
        assert not any(name.startswith("access-control-") for name in response.headers), path


def test_a_named_site_may_still_change_nothing(client: httpx.Client) -> None:
    sent = client.post("/api/conversations", headers={"Origin": ORIGINS[0], "Sec-Fetch-Site": "cross-site"})
    assert sent.status_code == 403 and "set-cookie" not in sent.headers


def test_without_the_setting_there_is_nothing_to_embed(index: Path) -> None:
    with serving(Settings(index_dir=index)) as url, httpx.Client(base_url=url, timeout=60) as client:
        for path in ("/embed", "/embed.js"):
            refused = client.get(path)
            assert refused.status_code == 404 and ancestors(refused) == "'none'"


@pytest.mark.parametrize(
    ("given", "origins"),
    [
        ("https://www.example.gov.cn, http://10.1.2.3:8080", ORIGINS),
        ("HTTPS://WWW.example.gov.cn:443/  https://www.example.gov.cn", ORIGINS[:1]),
        ("", ()),
    ],
)
def test_origins_are_listed_with_commas_or_blanks(
    monkeypatch: pytest.MonkeyPatch, given: str, origins: tuple[str, ...]
) -> None:
    monkeypatch.setenv("KB_EMBED_ORIGINS", given)
    assert read_settings().embed_origins == origins


def test_a_file_of_settings_lists_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "kb.toml").write_text(f"embed_origins = {list(ORIGINS)}\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert read_settings().embed_origins == ORIGINS


@pytest.mark.parametrize(
    "given",
    [
        "*", "www.example.gov.cn", "https://", "https://www.example.gov.cn/portal", "https://*.example.gov.cn", "file:///x",
        "https://a.example; script-src *", "'self'", "https://user@a.example", "https://a.example:port", "https://a.example\x00",
    ],
)  # fmt: skip
def test_what_is_no_origin_is_refused_with_what_is_allowed(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    with pytest.raises(SettingError) as refused:
        Settings(embed_origins=given)  # type: ignore[arg-type]
    message = refused.value.message
    assert "KB_EMBED_ORIGINS" in message and "https://www.example.gov.cn" in message
    assert repr(given) in message or any(repr(one) in message for one in given.split())
