"""Login of staff by OpenID Connect, where `KB_OIDC_ISSUER` names a provider: what a browser brings along, and whom the
provider says it is.

Authorization code flow with PKCE. What belongs to one attempt travels in a cookie of the browser that began it, so that
nothing is kept for those who only begin. That cookie proves nothing: whoever writes one of their own still needs a code
that the provider gave for its verifier, and an ID token with its nonce. Of all that the provider tells one claim is
read, the name of an account here. No token is kept. https://openid.net/specs/openid-connect-core-1_0.html,
https://www.rfc-editor.org/rfc/rfc9700
"""

from __future__ import annotations

import base64
import hmac
import secrets
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from kb.errors import LoginError, ServiceError

if TYPE_CHECKING:
    from ingest.settings import Settings
    from service.identity_provider import IdentityProvider

RETURN = "/api/session/open-id/return"
"""Where the provider sends a browser back to; behind `KB_OIDC_PUBLIC_URL` it is what the provider has to know."""

ATTEMPT_SECONDS = 600

# A page of this service, from its root: no host, no route of the API.
Page = Annotated[str, Field(pattern=r"^/(?:[A-Za-z0-9_.~%-][A-Za-z0-9_.~%/?=&-]*)?$", max_length=500)]
_Random = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43,128}$")]


class Attempt(BaseModel):
    """One login from its beginning to its return: what only this browser knows, and the page that it goes back to."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    state: _Random
    nonce: _Random
    verifier: _Random
    back: Page

    @classmethod
    def begin(cls, back: str) -> Self:
        """Begin an attempt."""
        state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
        return cls(state=state, nonce=nonce, verifier=verifier, back=back)

    @classmethod
    def read(cls, cookie: str) -> Self | None:
        """Read what `cookie` wrote; `None` where it is nothing of the kind."""
        try:
            return cls.model_validate_json(base64.urlsafe_b64decode(cookie))
        except ValueError:
            return None

    def cookie(self) -> str:
        """Write it as the value of a cookie."""
        return base64.urlsafe_b64encode(self.model_dump_json().encode()).decode()

    def began(self, state: str) -> bool:
        """Whether a return with this state belongs to it."""
        return hmac.compare_digest(self.state.encode(), state.encode("utf-8", "replace"))


class OpenIdLogin:
    """The way in by `provider`; `claim` of its ID tokens names the account, and `label` is what the button says."""

    def __init__(self, provider: IdentityProvider, claim: str, label: str, public_url: str) -> None:
        self._provider = provider
        self.claim = claim
        self.label = label
        self.public_url = public_url

    @classmethod
    def of_settings(cls, settings: Settings) -> OpenIdLogin | None:
        """Offer it where a provider is configured; raise ServiceError where what that needs is not installed."""
        if not settings.oidc_issuer:
            return None
        try:
            from service.identity_provider import IdentityProvider
        except ImportError as error:
            raise ServiceError.of("open_id_missing", cause=error) from error
        public_url = settings.oidc_public_url.rstrip("/")
        secret = settings.oidc_client_secret.get_secret_value()
        provider = IdentityProvider(settings.oidc_issuer, settings.oidc_client_id, secret, public_url + RETURN)
        return cls(provider, settings.oidc_claim, settings.oidc_label, public_url)

    async def address(self, attempt: Attempt) -> str:
        """Give the address of the provider where this attempt goes on; raise ProviderError where it does not say."""
        return await self._provider.authorization_url(attempt.state, attempt.nonce, attempt.verifier)

    async def name(self, code: str, attempt: Attempt) -> str:
        """Give the name that the provider vouches for; raise LoginError where it vouches for none, ProviderError where
        it cannot be asked."""
        name = (await self._provider.claims(code, attempt.nonce, attempt.verifier)).get(self.claim)
        if not isinstance(name, str) or not name:
            raise LoginError.of("login_claim", claim=self.claim)
        return name
