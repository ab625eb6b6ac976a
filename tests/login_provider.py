"""A small real provider of OpenID Connect on this machine: it lets in whoever comes, checks client, address and PKCE,
and gives a code once."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID, CLIENT_SECRET = "kb", "a-secret-of-the-test-client-alone"
Claims = dict[str, Any]


def signed(provider: LoginProvider, claims: Claims) -> str:
    return jwt.encode({"alg": "RS256", "kid": provider.key.kid}, claims, provider.key)


@dataclass
class LoginProvider:
    """`claims` are added to those of every ID token, `sign` writes it; `published` is put over the discovery document,
    and `asked` are the addresses that were asked for; while `answering` is not set it says nothing."""

    url: str
    key: RSAKey
    claims: Claims = field(default_factory=dict)
    sign: Callable[[LoginProvider, Claims], str] = signed
    published: dict[str, Any] = field(default_factory=dict)
    keys: list[dict[str, Any]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    answering: threading.Event = field(default_factory=threading.Event)

    def reset(self) -> None:
        self.claims, self.sign, self.published = {}, signed, {}
        self.answering.set()
        self.keys = [self.key.as_dict(private=False)]
        self.codes.clear()
        self.asked.clear()

    def discovery(self) -> dict[str, Any]:
        ends = {
            name: f"{self.url}/{path}"
            for name, path in (
                ("authorization_endpoint", "authorize"),
                ("token_endpoint", "token"),
                ("jwks_uri", "jwks"),
            )
        }
        return {"issuer": self.url, **ends, **self.published}

    def token(self, asked: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        given = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if authorization != f"Basic {given}":
            return 401, {"error": "invalid_client"}
        began = self.codes.pop(asked.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(asked.get("code_verifier", "").encode()).digest()).rstrip(
            b"="
        )
        if (
            began is None
            or began["code_challenge"] != challenge.decode()
            or began["redirect_uri"] != asked["redirect_uri"]
        ):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.url, "sub": "42", "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": began["nonce"],
            "preferred_username": "陈晓", **self.claims,
        }  # fmt: skip
        return 200, {"access_token": "opaque", "token_type": "Bearer", "id_token": self.sign(self, claims)}


@contextmanager
def login_provider() -> Iterator[LoginProvider]:
    """Run it from a thread."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    key = RSAKey.generate_key(2048, {"kid": "2026", "use": "sig"})
    provider = LoginProvider(f"http://127.0.0.1:{server.server_port}", key)
    provider.reset()
    server.RequestHandlerClass = type("Answering", (_Answering,), {"provider": provider})
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="provider")
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Answering(BaseHTTPRequestHandler):
    provider: LoginProvider

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        self.provider.asked.append(address.path)
        self.provider.answering.wait(60)
        if address.path == "/.well-known/openid-configuration":
            self._json(200, self.provider.discovery())
        elif address.path == "/jwks":
            self._json(200, {"keys": self.provider.keys})
        else:
            self._authorize(dict(parse_qsl(address.query)))

    def _authorize(self, asked: dict[str, str]) -> None:
        assert (asked["client_id"], asked["response_type"]) == (CLIENT_ID, "code")
        assert asked["code_challenge_method"] == "S256" and "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self.provider.codes[code] = asked
        self.send_response(303)
        back = urlencode({"code": code, "state": asked["state"], "session_state": "x"})
        self.send_header("Location", f"{asked['redirect_uri']}?{back}")
        self.end_headers()

    def do_POST(self) -> None:
        self.provider.asked.append(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._json(*self.provider.token(dict(parse_qsl(body)), self.headers.get("Authorization", "")))

    def _json(self, status: int, told: dict[str, Any]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        with suppress(BrokenPipeError, ConnectionResetError):  # who asked may have waited long enough
            self.wfile.write(json.dumps(told).encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing."""
