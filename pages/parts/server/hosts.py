"""Answers only under the names that the server is known by, and opens its websocket to its own pages alone."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose
from streamlit.web.server.server_util import allow_all_cross_origin_requests, is_allowed_origin
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from nim_core.words import N_, said, use_language
from pages.parts.server.operator import settings
from pages.parts.server.page_language import page_language

HEALTH = "/_stcore/health"
"""Whoever watches over the server asks by its number."""

METRICS = "/_stcore/metrics"
"""Counts of sessions and sizes of caches, which tell visitors of one another."""

DEFAULT_PORTS = {"http": 80, "https": 443}
ANOTHER_PAGE = 1008
"""The websocket's code for a breach of policy."""


class KnownHosts:
    """ASGI middleware that refuses an unknown name with a sentence, and a websocket that another page opens.

    Streamlit itself refuses unknown names at its websocket alone, and takes a page of any port on its host for its own.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with a refusal."""
        await (_refusal(scope) or self._app)(scope, receive, send)


def _refusal(scope: Scope) -> ASGIApp | None:
    if scope["type"] == "websocket":
        headers = Headers(scope=scope)
        own = is_own_page(headers.get("origin"), headers.get("host", ""))
        return None if own else WebSocketClose(ANOTHER_PAGE)
    if scope["type"] != "http" or scope["path"].endswith(HEALTH):
        return None
    if not is_host_allowed(Headers(scope=scope).get("host")):
        return _refused(
            scope,
            403,
            N_(
                "NIM Lab does not answer under this name. If it is right, its operator starts the server with "
                "--server.allowedHosts and the name."
            ),
        )
    if scope["path"].endswith(METRICS) and settings().shared:
        return _refused(scope, 404, N_("On a server for several people nobody is told its metrics."))
    return None


def _refused(scope: Scope, status: int, message: str) -> ASGIApp:
    with use_language(page_language(scope)):
        return PlainTextResponse(f"{said(message)}\n", status_code=status)


def is_own_page(origin: str | None, host: str) -> bool:
    """Whether a page of an origin came from the host and port that its request asks, or the operator has allowed it.

    A proxy may end HTTPS before this server, so the scheme may differ, and with it the port that is left out. What
    is no page names no origin.

    >>> is_own_page("https://lab.example.org", "lab.example.org"), is_own_page("http://localhost:9", "localhost:8501")
    (True, False)
    """
    if origin is None or allow_all_cross_origin_requests() or is_allowed_origin(origin):
        return True
    try:
        page, asked = urlsplit(origin), urlsplit(f"//{host}")
        port = DEFAULT_PORTS.get(page.scheme)
        return bool(page.hostname) and (page.hostname, page.port or port) == (asked.hostname, asked.port or port)
    except ValueError:
        return False
