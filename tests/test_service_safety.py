"""What strangers send: nothing breaks, nothing is kept, nothing is done in the name of somebody else."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import httpx
import pytest
from served_texts import settings_of

from ingest.settings import Settings

TEXT = "节水办法\n第一条　每月用水三吨。\n".encode()


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return settings_of(tmp_path_factory.mktemp("safety"))


@pytest.fixture
def client(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, timeout=120) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/eligibility", '{"facts": {"age": "\\ud800"}}'),
        ("/api/eligibility", '{"facts": {"\\udfff": 1}}'),
        ("/api/eligibility", '{"facts": {}, "as_of": "\\ud800"}'),
        ("/api/eligibility", '{"facts": {}, "benefit": "\\ud800"}'),
        ("/api/eligibility", '{"\\ud800": 1}'),
        ("/api/ask", '{"question": "补贴多少", "as_of": "\\udc00"}'),
        ("/api/ask", '{"question": "补贴多少", "\\udc00": 1}'),
    ],
)
@pytest.mark.parametrize("shown", ["zh-CN", "zh-Hant"])
def test_half_of_a_surrogate_pair_is_refused_in_the_one_shape(
    client: httpx.Client, path: str, body: str, shown: str
) -> None:
    headers = {"Content-Type": "application/json", "Cookie": f"kb_display={shown}"}
    response = client.post(path, content=body, headers=headers)
    assert response.status_code in (400, 422)
    assert response.json()["error"]["message"]


@pytest.mark.parametrize("name", ["a\x00b.txt", "a\nb.txt", "\x7f.txt"])
def test_a_file_name_with_control_characters_is_refused(client: httpx.Client, token: str, name: str) -> None:
    client.post("/api/session", json={"token": token})
    refused = client.post("/api/documents", params={"name": name}, content=TEXT)
    assert (refused.status_code, refused.json()["error"]["field"]) == (422, "name")


def test_a_file_in_a_form_is_refused_and_told_how_to_send_it(
    client: httpx.Client, token: str, settings: Settings
) -> None:
    client.post("/api/session", json={"token": token})
    refused = client.post("/api/documents", params={"name": "form.txt"}, files={"file": ("form.txt", TEXT)})
    assert refused.status_code == 415
    assert "application/octet-stream" in refused.json()["error"]["message"]
    assert not list((settings.index_dir / "uploads").glob("*/form.txt"))


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/api/search?q=x&as_off=2020-01-01", "as_off"),
        ("/api/documents?sorted=newest", "sorted"),
        ("/api/session?x=", "x"),
    ],
)
def test_a_query_parameter_that_a_route_does_not_have_is_refused(client: httpx.Client, path: str, named: str) -> None:
    refused = client.get(path)
    assert refused.status_code == 422
    assert refused.json()["error"] == {"code": "bad_request", "message": f"{named}：没有这一项。", "field": named}


def test_a_file_name_that_a_disk_would_not_take_is_shortened(
    client: httpx.Client, token: str, settings: Settings
) -> None:
    client.post("/api/session", json={"token": token})
    name = "关于加强城市节约用水工作的若干意见" * 8 + ".txt"
    taken = client.post("/api/documents", params={"name": name}, content=TEXT)
    assert (taken.status_code, taken.json()["name"]) == (202, name)
    (stored,) = [path for path in (settings.index_dir / "uploads").glob("*/*") if path.name.startswith("关于加强")]
    assert len(stored.name.encode()) <= 200 and stored.suffix == ".txt"


def test_an_upload_goes_to_the_disk_as_it_comes_and_is_forgotten_when_its_sender_goes(
    url: str, token: str, client: httpx.Client, settings: Settings
) -> None:
    client.post("/api/session", json={"token": token})
    session = client.cookies["kb_staff"]
    address = httpx.URL(url)
    uploads = settings.index_dir / "uploads"

    def coming() -> list[int]:
        try:
            return [path.stat().st_size for path in uploads.glob(".coming-*/*")]
        except FileNotFoundError:  # removed since it was listed
            return [-1]

    def wait_for(sizes: list[int]) -> None:
        deadline = time.monotonic() + 30
        while coming() != sizes and time.monotonic() < deadline:
            time.sleep(0.05)
        assert coming() == sizes

    with socket.create_connection((address.host, address.port)) as line:
        head = f"POST /api/documents?name=big.txt HTTP/1.1\r\nHost: {address.host}\r\nContent-Length: 9000000\r\n"
        line.sendall(f"{head}Cookie: kb_staff={session}\r\n\r\n".encode())
        line.sendall(b"a" * 2_000_000)
        wait_for([2_000_000])
    wait_for([])


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 201),
        ({"Sec-Fetch-Site": "same-origin"}, 201),
        ({"Sec-Fetch-Site": "none"}, 201),
        ({"Origin": "{own}"}, 201),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://[broken"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "{own}"}, 403),
    ],
)
def test_another_site_changes_nothing(client: httpx.Client, url: str, headers: dict[str, str], status: int) -> None:
    sent = {name: value.format(own=url) for name, value in headers.items()}
    response = client.post("/api/conversations", headers=sent)
    assert response.status_code == status
    if status == 403:
        assert response.json()["error"]["code"] == "other_origin"
        assert "default-src 'none'" in response.headers["content-security-policy"]


def test_every_unsafe_route_refuses_another_site(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    unsafe = [
        (method, path)
        for path, known in paths.items()
        for method in known
        if method in ("post", "patch", "delete", "put")
    ]
    assert len(unsafe) > 10
    for method, path in unsafe:
        assert client.request(method, path, headers={"Origin": "https://elsewhere.example"}).status_code == 403, path


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/api/documents", "GET, POST"),
        ("PUT", "/api/session", "DELETE, GET, POST"),
        ("GET", "/api/ask", "POST"),
        ("DELETE", "/", "GET, HEAD"),
    ],
)
def test_a_method_that_is_not_there_is_refused_with_those_that_are(
    client: httpx.Client, method: str, path: str, allowed: str
) -> None:
    response = client.request(method, path)
    assert (response.status_code, response.headers["allow"]) == (405, allowed)


def test_nobody_chooses_the_secret_by_which_conversations_are_theirs(url: str) -> None:
    with httpx.Client(base_url=url, cookies={"kb_owner": "1"}) as first:
        begun = first.post("/api/ask", json={"question": "老年人每餐补贴多少元？", "conversation_id": "new"})
        given = first.cookies.get("kb_owner", domain="127.0.0.1")
        assert begun.status_code == 200
    with httpx.Client(base_url=url, cookies={"kb_owner": "1"}) as second:
        assert second.get("/api/conversations").json()["items"] == []
    with httpx.Client(base_url=url, headers={"Cookie": f"kb_owner={given}"}) as mine:
        assert len(mine.get("/api/conversations").json()["items"]) == 1
        again = mine.post("/api/ask", json={"question": "老年人每餐补贴多少元？", "conversation_id": "new"})
        assert given in again.headers["set-cookie"], "what the service gave out stays"


def test_whoever_enters_anew_closes_the_session_of_before(client: httpx.Client, token: str, url: str) -> None:
    client.post("/api/session", json={"token": token})
    before = client.cookies["kb_staff"]
    client.post("/api/session", json={"token": token})
    assert client.get("/api/session").json()["audience"] == "staff"
    with httpx.Client(base_url=url, headers={"Cookie": f"kb_staff={before}"}) as stolen:
        assert stolen.get("/api/session").json()["audience"] == "public"
