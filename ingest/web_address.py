"""Addresses in the settings of the service: the path below which a proxy serves it, the sites that may embed it, and
those that secrets are sent to."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

OWN = frozenset(
    ("a", "api", "documents", "eligibility", "embed", "embed.js", "healthz", "manifest.webmanifest", "mcp", "metrics", "offline",
     "openapi.json", "readyz", "service-worker.js", "staff", "static", "v1")
)  # fmt: skip
"""First parts of the addresses of the service itself; a proxy cannot serve it below one of them."""

_BELOW = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,63}){1,8}", re.ASCII)

_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)


def path_below(text: str) -> str | None:
    """Give the path that a proxy serves below, without a slash at its end and empty for the root; `None` where it is no
    such path.

    >>> path_below("/kb/"), path_below("/"), path_below("//elsewhere"), path_below("/api")
    ('/kb', '', None, None)
    """
    path = text.rstrip("/") if text != "//" else text
    if not path:
        return ""
    return path if _BELOW.fullmatch(path) and path.split("/")[1] not in OWN else None


def origin_of(text: str) -> str | None:
    """Give an origin as browsers write it, `None` where the text is more or less than one.

    >>> origin_of("https://www.example.gov.cn"), origin_of("HTTPS://Portal.example.gov.cn:443/"), origin_of("*.example.gov.cn")
    ('https://www.example.gov.cn', 'https://portal.example.gov.cn', None)
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    told_more = parts.path not in ("", "/") or parts.query or parts.fragment or parts.username is not None
    if usual is None or told_more or not _HOST.fullmatch(host):
        return None
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, usual) else "")


def keeps_secrets(text: str) -> bool:
    """Whether this is the address of something that secrets may be sent to: by HTTPS, or on this machine.

    >>> [keeps_secrets(one) for one in ("https://id.example.gov.cn/realms/a", "http://127.0.0.1:8080", "http://id.example.gov.cn", "https://")]
    [True, True, False, False]
    """
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    if not host or parts.username is not None or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_this_machine(host))


def is_this_machine(host: str) -> bool:
    """Whether a host of an address is the machine itself.

    >>> is_this_machine("localhost"), is_this_machine("::1"), is_this_machine("127.0.0.1.example.com")
    (True, True, False)
    """
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
