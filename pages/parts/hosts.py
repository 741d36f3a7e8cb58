"""Answers only under the names that the server is known by, so that no other site's name can be led to it."""

from __future__ import annotations

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

HEALTH = "/_stcore/health"
"""Whoever watches over the server asks by its number."""


class KnownHosts:
    """ASGI middleware that refuses an unknown name with a sentence; Streamlit itself refuses its websocket alone."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on when its Host is one of server.allowedHosts."""
        host = next((value.decode("latin-1") for name, value in scope.get("headers", ()) if name == b"host"), None)
        if scope["type"] != "http" or scope["path"].endswith(HEALTH) or is_host_allowed(host):
            await self._app(scope, receive, send)
            return
        refusal = PlainTextResponse(
            "NIM Lab does not answer under this name. If it is right, its operator starts the server with "
            "--server.allowedHosts and the name.\n",
            status_code=403,
        )
        await refusal(scope, receive, send)
