"""Staff enter by a provider of OpenID Connect: a whole login, and everything that comes back and may not open a
session."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
from imports import ROOT
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from login_provider import CLIENT_ID, CLIENT_SECRET, Claims, LoginProvider, login_provider
from reverse_proxy import proxied
from served_texts import settings_of
from sqlalchemy import select

from ingest.settings import Settings, read_settings
from kb.errors import SettingError
from service.identity import OWNER_COOKIE, STAFF_COOKIE
from service.open_id_login import RETURN, Attempt
from service.rates import GUESSES
from service.routes.open_id import COOKIE
from service.server import serving
from service.storage import Storage
from service.storage.rows import AccountRow

BEGIN = "/api/session/open-id"
PUBLIC = "http://localhost:9"
"""What people open the service by, as the settings tell it; nothing listens there, so whoever follows it would know."""


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    made = settings_of(tmp_path_factory.mktemp("login"))
    storage = Storage.of_settings(made)
    storage.accounts.add("陈晓", "editor")
    storage.accounts.add("赵离", "administrator")
    storage.accounts.disable("赵离")
    storage.close()
    return made


@pytest.fixture(scope="module")
def running() -> Iterator[LoginProvider]:
    with login_provider() as provider:
        yield provider


@pytest.fixture
def provider(running: LoginProvider) -> LoginProvider:
    running.reset()
    return running


def configured(indexed: Settings, issuer: str, **more: object) -> Settings:
    told = {
        "oidc_issuer": issuer,
        "oidc_client_id": CLIENT_ID,
        "oidc_client_secret": CLIENT_SECRET,
        "oidc_public_url": PUBLIC,
    }
    return Settings(**(indexed.model_dump() | told | more))  # type: ignore[arg-type]


@pytest.fixture
def browser(indexed: Settings, provider: LoginProvider) -> Iterator[httpx.Client]:
    """A browser before a service of its own, in which nobody has guessed yet."""
    with serving(configured(indexed, provider.url)) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield client


def returned(browser: httpx.Client, back: str = "") -> str:
    """Go to the provider and give the address that it sends the browser back to, from the root of the service."""
    begun = browser.get(f"{BEGIN}{back}")
    assert begun.status_code == 303, begun.text
    location = httpx.get(begun.headers["location"]).headers["location"]
    assert location.startswith(f"{PUBLIC}{RETURN}?")
    return location.removeprefix(PUBLIC)


def refused(browser: httpx.Client, address: str, status: int = 401, code: str = "login_refused") -> str:
    response = browser.get(address)
    assert response.status_code == status, response.text
    error = response.json()["error"]
    assert error["code"] == code and "set-cookie" not in response.headers
    assert browser.get("/api/session").json()["audience"] == "public"
    return str(error["message"])


def audit_of(settings: Settings) -> list[tuple[str, str, str, str]]:
    storage = Storage.of_settings(settings)
    found = [(row.actor, row.action, row.outcome, row.subject) for row in storage.audit.entries()]
    storage.close()
    return [row for row in found if row[2] == "open_id"]


def test_an_account_is_entered_by_the_provider_and_has_its_role_from_here(
    browser: httpx.Client, provider: LoginProvider, indexed: Settings
) -> None:
    provider.claims = {"role": "administrator", "groups": ["administrator"]}
    assert browser.get("/api/session/entrances").json() == {"open_id": "统一身份认证登录"}
    begun = browser.get(BEGIN, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    asked = dict(parse_qsl(urlsplit(begun.headers["location"]).query))
    assert asked["redirect_uri"] == PUBLIC + RETURN, "whatever name the browser was led by"
    kept = begun.headers["set-cookie"]
    for part in ("HttpOnly", "SameSite=lax", f"Path={BEGIN}", "Max-Age=600"):
        assert part in kept
    done = browser.get(returned(browser, "?back=/documents?q=a"))
    assert (done.status_code, done.headers["location"]) == (303, "/documents?q=a")
    assert browser.get("/api/session").json() == {"audience": "staff", "account": "陈晓", "role": "editor"}
    assert COOKIE not in browser.cookies
    assert audit_of(indexed)[-1] == ("陈晓", "login", "open_id", "陈晓")


def test_the_session_of_before_ends_and_what_was_asked_becomes_a_matter_of_staff(browser: httpx.Client) -> None:
    browser.get(returned(browser))
    first = browser.cookies[STAFF_COOKIE]
    browser.cookies.delete(STAFF_COOKIE)
    browser.post("/api/ask", json={"question": "老年人每餐补贴多少元？", "conversation_id": "new"})
    assert OWNER_COOKIE in browser.cookies and browser.get("/api/conversations").json()["items"]
    browser.cookies.set(STAFF_COOKIE, first)
    browser.cookies.set(STAFF_COOKIE, first, domain="127.0.0.1")
    browser.get(returned(browser))
    with httpx.Client(base_url=browser.base_url, cookies={STAFF_COOKIE: first}) as stolen:
        assert stolen.get("/api/session").json()["audience"] == "public"
    with httpx.Client(base_url=browser.base_url, cookies={OWNER_COOKIE: browser.cookies[OWNER_COOKIE]}) as left:
        assert left.get("/api/conversations").json()["items"] == []


def test_behind_a_proxy_below_a_path_everything_lies_below_it(indexed: Settings, provider: LoginProvider) -> None:
    settings = configured(indexed, provider.url, oidc_public_url=f"{PUBLIC}/portal/kb/")
    with serving(settings) as url, proxied(url, "/portal/kb") as portal, httpx.Client(timeout=30) as client:
        begun = client.get(portal + BEGIN)
        assert f"Path=/portal/kb{BEGIN}" in begun.headers["set-cookie"]
        back = httpx.get(begun.headers["location"]).headers["location"]
        assert back.startswith(f"{PUBLIC}/portal/kb{RETURN}?")
        done = client.get(portal + back.removeprefix(f"{PUBLIC}/portal/kb"))
        assert (done.status_code, done.headers["location"]) == (303, "/portal/kb/staff")
        assert client.get(f"{portal}/api/session").json()["account"] == "陈晓"


def unsigned(provider: LoginProvider, claims: Claims) -> str:
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode() for one in parts) + "."


def signed_with_the_secret(provider: LoginProvider, claims: Claims) -> str:
    return jwt.encode({"alg": "HS256", "kid": "2026"}, claims, OctKey.import_key(CLIENT_SECRET), algorithms=["HS256"])


def signed_with_the_public_key(provider: LoginProvider, claims: Claims) -> str:
    # The confusion of algorithms: what everybody may read, taken for a secret. joserfc makes no such key, so it is
    # written by hand.
    signing = unsigned(provider, claims).replace(unsigned(provider, {}).partition(".")[0], _part({"alg": "HS256"}), 1)[
        :-1
    ]
    seal = hmac.digest(provider.key.as_pem(private=False), signing.encode(), hashlib.sha256)
    return f"{signing}.{base64.urlsafe_b64encode(seal).rstrip(b'=').decode()}"


def _part(told: Claims) -> str:
    return base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode()


def signed_by_another(provider: LoginProvider, claims: Claims) -> str:
    key = RSAKey.generate_key(2048, {"kid": "2026"})
    return jwt.encode({"alg": "RS256", "kid": "2026"}, claims, key)


def changed_after_it_was_signed(provider: LoginProvider, claims: Claims) -> str:
    header, _, seal = jwt.encode({"alg": "RS256", "kid": "2026"}, claims, provider.key).split(".")
    return f"{header}.{_part(claims | {'preferred_username': '赵离'})}.{seal}"


FORGED: dict[str, Claims | Callable[[LoginProvider, Claims], str]] = {
    "another nonce": {"nonce": "x" * 64},
    "no nonce": {"nonce": None},
    "for another client": {"aud": "another"},
    "for several, and this is not the one that asked": {"aud": [CLIENT_ID, "another"], "azp": "another"},
    "for several, and who asked is not told": {"aud": [CLIENT_ID, "another"]},
    "expired": {"exp": 1_700_000_000},
    "without an end": {"exp": None},
    "of tomorrow": {"iat": 4_000_000_000, "nbf": 4_000_000_000},
    "of another provider": {"iss": "https://id.example.com"},
    "with the hash of another access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    "not signed": unsigned,
    "signed with the secret of the client": signed_with_the_secret,
    "signed with the public key as a secret": signed_with_the_public_key,
    "signed by another key of the same name": signed_by_another,
    "changed after it was signed": changed_after_it_was_signed,
    "no token": lambda provider, claims: "",
}


def test_an_id_token_that_is_forged_old_or_for_others_opens_nothing(
    browser: httpx.Client, provider: LoginProvider, indexed: Settings
) -> None:
    before = len(audit_of(indexed))
    for kind, how in FORGED.items():
        provider.reset()
        if callable(how):
            provider.sign = how
        else:
            provider.claims = how
        with serving(configured(indexed, provider.url)) as url, httpx.Client(base_url=url, timeout=30) as client:
            assert "没有通过核验" in refused(client, returned(client)), kind
    assert audit_of(indexed)[before:] == [("public", "login_failed", "open_id", "")] * len(FORGED)


def test_a_claim_of_null_is_no_claim_that_would_have_passed(provider: LoginProvider, browser: httpx.Client) -> None:
    """What the table above changes is all that is wrong with its tokens."""
    provider.claims = {"aud": [CLIENT_ID, "another"], "azp": CLIENT_ID}
    assert browser.get(returned(browser)).status_code == 303


def test_a_return_that_this_browser_did_not_begin_opens_nothing(browser: httpx.Client, provider: LoginProvider) -> None:
    theirs = returned(browser)
    mine = returned(browser)
    assert "不是从这个浏览器发起的" in refused(browser, theirs), "begun anew meanwhile"
    code = dict(parse_qsl(urlsplit(mine).query))
    for told in ({"code": code["code"]}, {"state": code["state"]}, {"code": code["code"], "state": "错的"}):
        refused(browser, f"{RETURN}?{urlencode(told)}")
    browser.cookies.clear()
    assert PUBLIC in refused(browser, mine), "and by which address it is to be opened"
    assert "/token" not in provider.asked, "the provider was never asked"
    for cookie in ("x", "e30=", base64.urlsafe_b64encode(b'{"state":"a"}').decode()):
        browser.cookies.set(COOKIE, cookie)
        refused(browser, mine)


def test_a_cookie_that_somebody_wrote_needs_the_code_of_its_verifier(browser: httpx.Client) -> None:
    stolen = dict(parse_qsl(urlsplit(returned(browser)).query))["code"]
    made = Attempt.begin("/staff")
    browser.cookies.clear()
    browser.cookies.set(COOKIE, made.cookie(), path=BEGIN)
    assert "已经用过" in refused(browser, f"{RETURN}?{urlencode({'code': stolen, 'state': made.state})}")


def test_a_login_is_good_once(browser: httpx.Client) -> None:
    back = returned(browser)
    kept = browser.cookies[COOKIE]
    assert browser.get(back).status_code == 303
    with httpx.Client(base_url=browser.base_url, cookies={COOKIE: kept}) as again:
        assert "已经用过" in refused(again, back)


def test_wrong_codes_count_as_wrong_passwords_do_and_right_names_do_not(
    browser: httpx.Client, provider: LoginProvider
) -> None:
    provider.claims = {"preferred_username": "没有这个人"}
    for _ in range(GUESSES + 2):
        assert browser.get(returned(browser)).status_code == 401, "each of an office behind one address"
    attempt = Attempt.begin("/staff")
    browser.cookies.set(COOKIE, attempt.cookie(), path=BEGIN)
    browser.cookies.delete(COOKIE, domain="127.0.0.1", path=BEGIN)
    wrong = f"{RETURN}?{urlencode({'code': 'x', 'state': attempt.state})}"
    answers = [browser.get(wrong).status_code for _ in range(GUESSES + 1)]
    assert answers == [401] * GUESSES + [429]


@pytest.mark.parametrize("name", ["没有这个人", "赵离"])
def test_whoever_has_no_open_account_is_told_so_alike(
    browser: httpx.Client, provider: LoginProvider, indexed: Settings, name: str
) -> None:
    provider.claims = {"preferred_username": name}
    said = refused(browser, returned(browser))
    assert said == (
        f"您已通过统一身份认证，但账号“{name}”（取自 preferred_username）在本系统没有开通或者已经停用，请管理员用 kb account 开通。"
    )
    noted = name if name == "赵离" else ""
    assert audit_of(indexed)[-1] == ("public", "login_failed", "open_id", noted), "no name that is none is kept"


@pytest.mark.parametrize("name", [None, "", 7, ["陈晓"], {"a": 1}])
def test_a_claim_that_names_nobody_is_told_by_its_name(
    browser: httpx.Client, provider: LoginProvider, name: object
) -> None:
    provider.claims = {"preferred_username": name}
    assert "（preferred_username）" in refused(browser, returned(browser))


@pytest.mark.parametrize("name", ["陈晓\x00", "陈晓 ", "x" * 4000, "<b>x</b>", "%", "' OR 1=1"])
def test_a_strange_name_is_no_account(browser: httpx.Client, provider: LoginProvider, name: str) -> None:
    provider.claims = {"preferred_username": name}
    address = returned(browser)
    shown = browser.get(address, headers={"Accept": "text/html"})
    assert shown.status_code == 401 and "<b>" not in shown.text


def test_another_claim_may_name_the_account(indexed: Settings, provider: LoginProvider) -> None:
    provider.claims = {"preferred_username": "别人", "employee": "陈晓"}
    settings = configured(indexed, provider.url, oidc_claim="employee", oidc_label="单位账号登录")
    with serving(settings) as url, httpx.Client(base_url=url) as client:
        assert client.get("/api/session/entrances").json() == {"open_id": "单位账号登录"}
        assert client.get(returned(client)).status_code == 303


def test_a_refusal_is_a_page_with_the_way_back(browser: httpx.Client) -> None:
    address = returned(browser)
    state = dict(parse_qsl(urlsplit(address).query))["state"]
    denied = f"{RETURN}?{urlencode({'error': 'access_denied', 'state': state, 'error_description': '<script>'})}"
    shown = browser.get(denied, headers={"Accept": "text/html,*/*"})
    assert shown.status_code == 401 and shown.headers["content-type"].startswith("text/html")
    assert "统一身份认证没有通过，或者被取消，请重新登录，或者用密码登录。" in shown.text
    assert '<a href="/staff">' in shown.text and "<script>" not in shown.text
    assert refused(browser, denied)


@pytest.mark.parametrize(
    "back",
    ["//evil.example", "https://evil.example", "/\\evil.example", "/%5C/../\\evil.example", "javascript:alert(1)", "staff",
     "/\t/evil.example", "/a\r\nSet-Cookie: x=y", "/#link=x", "/@evil.example", "/" + "a" * 500],
)  # fmt: skip
def test_no_login_ends_on_another_site(browser: httpx.Client, back: str) -> None:
    response = browser.get(BEGIN, params={"back": back})
    assert response.status_code == 422 and "set-cookie" not in response.headers
    forged = json.loads(Attempt.begin("/staff").model_dump_json()) | {"back": back}
    assert Attempt.read(base64.urlsafe_b64encode(json.dumps(forged).encode()).decode()) is None


def test_a_provider_that_cannot_be_used_leaves_passwords_as_they_are(
    indexed: Settings, provider: LoginProvider
) -> None:
    wrong = {
        "calls itself otherwise": {"issuer": f"{provider.url}/"},
        "wants codes without HTTPS": {"token_endpoint": "http://id.example.com/token"},
        "sends people elsewhere": {"authorization_endpoint": "javascript:alert(1)"},
        "tells no endpoints": {"token_endpoint": None},
    }
    for kind, published in wrong.items():
        provider.published = published
        with serving(configured(indexed, provider.url)) as url, httpx.Client(base_url=url) as client:
            assert "密码登录" in refused(client, BEGIN, 503, "provider_unusable"), kind
    with serving(configured(indexed, "http://127.0.0.1:9")) as url, httpx.Client(base_url=url) as client:
        assert "连接不上" in refused(client, BEGIN, 503, "provider_unusable")
        shown = client.get(BEGIN, headers={"Accept": "text/html"})
        assert shown.status_code == 503 and "请稍后再试，或者用密码登录" in shown.text


def test_a_provider_that_is_silent_is_waited_for_no_longer_than_told(
    browser: httpx.Client, provider: LoginProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.identity_provider.SECONDS", 0.2)
    provider.answering.clear()
    refused(browser, BEGIN, 503, "provider_unusable")
    assert not provider.answering.is_set(), "it has not said a word yet"
    provider.answering.set()


def test_keys_are_those_of_now_and_only_such_as_sign(browser: httpx.Client, provider: LoginProvider) -> None:
    browser.get(returned(browser))
    new = RSAKey.generate_key(2048, {"kid": "2027"})
    strange = [{"kty": "AKP", "kid": "later"}, {"kty": "oct", "kid": "secret", "k": "AAAA"}, "no key"]
    provider.keys = [*strange, provider.key.as_dict(private=False), new.as_dict(private=False)]  # type: ignore[list-item]
    provider.sign = lambda _, claims: jwt.encode({"alg": "RS256", "kid": "2027"}, claims, new)
    assert browser.get(returned(browser)).status_code == 303
    provider.keys = [provider.key.as_dict(private=False)]
    browser.cookies.delete(STAFF_COOKIE)
    assert "没有通过核验" in refused(browser, returned(browser)), "a key that was withdrawn"
    assert provider.asked.count("/.well-known/openid-configuration") == 1
    provider.keys = strange  # type: ignore[assignment]
    refused(browser, returned(browser), 503, "provider_unusable")


def test_a_client_that_the_provider_does_not_know_is_no_fault_of_who_enters(
    indexed: Settings, provider: LoginProvider
) -> None:
    settings = configured(indexed, provider.url, oidc_client_secret="another")
    with serving(settings) as url, httpx.Client(base_url=url) as client:
        assert "没有接受本系统" in refused(client, returned(client), 503, "provider_unusable")


def test_nothing_of_the_provider_is_kept(browser: httpx.Client, provider: LoginProvider, indexed: Settings) -> None:
    provider.claims = {"email": "chenxiao@example.gov.cn", "phone_number": "13900000000"}
    browser.get(returned(browser))
    kept = b"".join(path.read_bytes() for path in indexed.index_dir.parent.glob("*.sqlite3*"))
    for word in (b"chenxiao@", b"13900000000", b"opaque", CLIENT_SECRET.encode()):
        assert word not in kept
    storage = Storage.of_settings(indexed)
    with storage.sessions() as session:
        assert {row.name for row in session.scalars(select(AccountRow))} >= {"陈晓", "赵离"}, "none is made"
        assert session.get(AccountRow, "没有这个人") is None
    storage.close()


def test_without_a_provider_there_is_no_such_way_in(indexed: Settings) -> None:
    with serving(indexed) as url, httpx.Client(base_url=url) as client:
        assert client.get("/api/session/entrances").json() == {"open_id": None}
        for address in (BEGIN, f"{RETURN}?code=a&state=b"):
            assert client.get(address).status_code == 404


def test_the_library_of_the_protocol_is_loaded_only_with_a_provider() -> None:
    program = "import sys, service.app, cli.ask; sys.exit(str({'authlib', 'joserfc'} & set(sys.modules)) if {'authlib', 'joserfc'} & set(sys.modules) else 0)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr


WHOLE = {
    "KB_OIDC_ISSUER": "https://id.example.gov.cn",
    "KB_OIDC_CLIENT_ID": "kb",
    "KB_OIDC_PUBLIC_URL": "https://kb.example.gov.cn/kb",
}


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"KB_OIDC_CLIENT_ID": ""}, "KB_OIDC_ISSUER and KB_OIDC_CLIENT_ID go together"),
        ({"KB_OIDC_PUBLIC_URL": ""}, "KB_OIDC_ISSUER and KB_OIDC_PUBLIC_URL go together"),
        ({"KB_OIDC_ISSUER": ""}, "go together"),
        ({"KB_OIDC_ISSUER": "http://id.example.gov.cn"}, "KB_OIDC_ISSUER 'http://id.example.gov.cn' is no address"),
        ({"KB_OIDC_ISSUER": "https://id.example.gov.cn?a=b"}, "is no address"),
        ({"KB_OIDC_ISSUER": "https://user@id.example.gov.cn"}, "is no address"),
        ({"KB_OIDC_PUBLIC_URL": "kb.example.gov.cn"}, "KB_OIDC_PUBLIC_URL 'kb.example.gov.cn' is no address"),
        ({"KB_OIDC_CLAIM": "a b"}, "KB_OIDC_CLAIM"),
        ({"KB_OIDC_CLIENT_ID": "知识库"}, "KB_OIDC_CLIENT_ID"),
        ({"KB_OIDC_CLIENT_SECRET": "口令"}, "KB_OIDC_CLIENT_SECRET holds other characters"),
        ({"KB_OIDC_LABEL": "长" * 31}, "KB_OIDC_LABEL"),
    ],
)  # fmt: skip
def test_half_a_provider_or_an_unsafe_one_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, told: dict[str, str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in (WHOLE | told).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingError) as refused:
        read_settings()
    assert words in refused.value.message


def test_a_whole_provider_is_taken_and_its_secret_is_not_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in (WHOLE | {"KB_OIDC_CLIENT_SECRET": "nobody-may-read"}).items():
        monkeypatch.setenv(name, value)
    settings = read_settings()
    assert settings.oidc_issuer == WHOLE["KB_OIDC_ISSUER"]
    assert "nobody-may-read" not in repr(settings)


def test_a_secret_of_the_wrong_kind_is_refused_without_being_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kb.toml").write_text("oidc_client_secret = 123456789\n", "utf-8")
    with pytest.raises(SettingError) as refused:
        read_settings()
    assert "KB_OIDC_CLIENT_SECRET" in refused.value.message and "123456789" not in refused.value.message
