"""A provider of OpenID Connect, spoken to by Authlib: where it lies, and what it says of whoever comes back with a
code.

An ID token counts only with a signature by one of the provider's own keys, by an asymmetric algorithm: one that is
signed with the secret of the client, or not at all, could have been written by others. Keys are asked for at every
login, so that one which was withdrawn opens nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx2
from authlib.integrations.httpx_client import AsyncOAuth2Client, OAuthError
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import get_well_known_url
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel

from ingest.web_address import is_this_machine, keeps_secrets
from kb.errors import LoginError, ProviderError

SECONDS = 5.0
"""How long all that one step of a login asks of the provider may take."""

_ALGORITHMS = [f"{family}{bits}" for family in ("RS", "PS", "ES") for bits in (256, 384, 512)]
_KEY_TYPES = ("RSA", "EC")
_LEEWAY = 60  # seconds by which clocks of two machines may differ
_KNOWN_SECONDS = 3600.0
_BASIC = "client_secret_basic"


class ProviderMetadata(BaseModel):
    """What is read of the provider's discovery document."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = (_BASIC,)


class IdentityProvider:
    """The provider called `issuer`, to which this service is the client `client_id` and people come back at
    `return_url`."""

    def __init__(self, issuer: str, client_id: str, client_secret: str, return_url: str) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._return_url = return_url
        self._from_environment = not is_this_machine(urlsplit(issuer).hostname or "")
        # Made once: reading all certificates takes as long as everything else that a login begins with.
        self._tls = httpx2.create_ssl_context(trust_env=self._from_environment)
        self._known: tuple[float, ProviderMetadata] | None = None

    async def authorization_url(self, state: str, nonce: str, verifier: str) -> str:
        """Give the address at which somebody shows the provider who they are."""
        async with self._asking() as client:
            told = await self._metadata(client)
            url, _ = client.create_authorization_url(
                told.authorization_endpoint, state=state, nonce=nonce, code_verifier=verifier
            )
            return str(url)

    async def claims(self, code: str, nonce: str, verifier: str) -> Mapping[str, Any]:
        """Exchange a code and give the claims of the ID token that is had for it, once it is proven to be of this
        provider, for this service, for this attempt and of now."""
        async with self._asking() as client:
            told = await self._metadata(client)
            token = await self._token(client, told, code, verifier)
            keys = _usable(await _json(client, told.jwks_uri))
        try:
            signed = jwt.decode(str(token.get("id_token", "")), keys, algorithms=_ALGORITHMS)
            asked = {
                "iss": {"essential": True, "value": self._issuer},
                "aud": {"essential": True, "value": self._client_id},
            }
            known = {"nonce": nonce, "client_id": self._client_id, "access_token": token.get("access_token")}
            claims = CodeIDToken(signed.claims, signed.header, asked, known)
            claims.validate(leeway=_LEEWAY)
        except (JoseError, ValueError, TypeError) as error:
            raise LoginError.of("login_token", cause=_cause(error)) from error
        return dict(claims)

    async def _token(
        self, client: AsyncOAuth2Client, told: ProviderMetadata, code: str, verifier: str
    ) -> Mapping[str, Any]:
        methods = told.token_endpoint_auth_methods_supported
        if self._client_secret:
            client.token_endpoint_auth_method = _BASIC if _BASIC in methods else "client_secret_post"
        try:
            token: Mapping[str, Any] = await client.fetch_token(
                told.token_endpoint, grant_type="authorization_code", code=code, code_verifier=verifier
            )
        except OAuthError as error:
            if error.error == "invalid_grant":
                raise LoginError.of("login_code") from error
            raise ProviderError.of("provider_refused", issuer=self._issuer, cause=error.error) from error
        return token

    async def _metadata(self, client: AsyncOAuth2Client) -> ProviderMetadata:
        if self._known is not None and time.monotonic() < self._known[0] + _KNOWN_SECONDS:
            return self._known[1]
        told = ProviderMetadata.model_validate(await _json(client, get_well_known_url(self._issuer, external=True)))
        if told.issuer != self._issuer:
            raise ProviderError.of("provider_other_issuer", issuer=self._issuer, shown=told.issuer)
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not keeps_secrets(getattr(told, name)):
                raise ProviderError.of("provider_endpoint", issuer=self._issuer, name=name, shown=getattr(told, name))
        self._known = (time.monotonic(), told)
        return told

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[AsyncOAuth2Client]:
        """Give a client that asks the provider, for so long; whatever fails on the way is told as ProviderError."""
        client = AsyncOAuth2Client(
            self._client_id,
            self._client_secret or None,
            scope="openid profile",
            redirect_uri=self._return_url,
            code_challenge_method="S256",
            timeout=SECONDS,
            verify=self._tls,
            trust_env=self._from_environment,
        )
        try:
            async with asyncio.timeout(SECONDS), client:
                yield client
        except (TimeoutError, httpx2.HTTPError, httpx2.InvalidURL, JoseError, ValueError) as error:
            raise ProviderError.of("provider_unreachable", issuer=self._issuer, cause=_cause(error)) from error


async def _json(client: AsyncOAuth2Client, url: str) -> Any:
    response = await client.request("GET", url, withhold_token=True)
    response.raise_for_status()
    return response.json()


def _usable(told: Any) -> Any:
    """Give the keys that may sign; those of other types, which a newer provider may have, are none of them. A token
    need not name its key where there is one alone."""
    keys = told["keys"] if isinstance(told, dict) and isinstance(told.get("keys"), list) else []
    dicts = [key for key in keys if isinstance(key, dict)]
    usable = [key for key in dicts if key.get("kty") in _KEY_TYPES and key.get("use", "sig") == "sig"]
    if not usable:
        raise ValueError("no key that could sign")
    found = KeySet.import_key_set({"keys": usable})
    return found.keys[0] if len(found.keys) == 1 else found


def _cause(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]
