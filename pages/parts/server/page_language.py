"""The language that a page names for itself, so that a screen reader reads it in that language from the first word."""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nim_core.words import matched

_FIXED = b'<html lang="en"'
# With these a server may answer with less than the whole page as it is written.
_LESS = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")


class PageLanguage:
    """ASGI middleware that writes the visitor's language into Streamlit's own page, which is fixed to English."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; a page is asked for as a whole, and its language written into it."""
        if scope["type"] != "http" or "text/html" not in Headers(scope=scope).get("accept", ""):
            await self._app(scope, receive, send)
            return
        language = page_language(scope).encode()
        start: Message | None = None
        body = b""

        async def send_in_language(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start" and _is_page(message):
                start = message
                return
            if start is None:
                await send(message)
                return
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            whole = body.replace(_FIXED, b'<html lang="%s"' % language, 1)
            headers = MutableHeaders(scope=start)
            if whole:  # the answer to HEAD has a length and no body
                headers["Content-Length"] = str(len(whole))
            headers.add_vary_header("Accept-Language")
            for of_the_file in ("etag", "last-modified"):
                del headers[of_the_file]
            await send(start)
            await send({"type": "http.response.body", "body": whole})

        asked = [(name, value) for name, value in scope["headers"] if name not in _LESS]
        # Without its extensions the server is handed the page itself and not the path of its file.
        await self._app({**scope, "headers": asked, "extensions": {}}, receive, send_in_language)


def page_language(scope: Scope) -> str:
    """The language of a page that is asked for: what its address says, else the one that the browser prefers."""
    asked = parse_qs(scope["query_string"].decode("latin-1")).get("lang")
    if asked:
        return matched(asked[-1])
    return matched(Headers(scope=scope).get("accept-language", "").partition(",")[0].partition(";")[0].strip())


def _is_page(start: Message) -> bool:
    return bool(Headers(raw=start["headers"]).get("content-type", "").startswith("text/html"))
