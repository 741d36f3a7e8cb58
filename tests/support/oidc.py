"""A small real OpenID Connect provider on loopback, at which anybody may log in as ada or bob."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

USERS = ("ada", "bob")
CLIENT = "nim-lab"


class Provider:
    """The provider's four addresses; a code stands for one login."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self._key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self._logins: dict[str, tuple[str, str]] = {}
        self.app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._configuration),
                Route("/authorize", self._authorize),
                Route("/enter/{user}", self._enter),
                Route("/token", self._token, methods=["POST"]),
                Route("/keys", self._keys),
            ]
        )

    async def _configuration(self, _request: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )

    async def _authorize(self, request: Request) -> Response:
        links = (f'<p><a href="/enter/{user}?{request.url.query}">{user}</a></p>' for user in USERS)
        return HTMLResponse("".join(links))

    async def _enter(self, request: Request) -> Response:
        asked, code = request.query_params, secrets.token_urlsafe()
        self._logins[code] = (request.path_params["user"], asked.get("nonce", ""))
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")

    async def _token(self, request: Request) -> Response:
        user, nonce = self._logins.pop(str((await request.form())["code"]))
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "sub": user, "name": user.title(), "nonce": nonce}
        token = jwt.encode({"alg": "RS256", "kid": "one"}, claims | {"iat": now, "exp": now + 600}, self._key)
        return JSONResponse({"access_token": "fake", "token_type": "Bearer", "id_token": token})

    async def _keys(self, _request: Request) -> Response:
        return JSONResponse({"keys": [self._key.as_dict(private=False)]})


@contextmanager
def provider(port: int) -> Iterator[str]:
    """Run a provider; gives its address."""
    issuer = f"http://localhost:{port}"
    server = uvicorn.Server(uvicorn.Config(Provider(issuer).app, port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield issuer
    finally:
        server.should_exit = True
        thread.join()


def secrets_file(issuer: str, dashboard: str) -> str:
    """What an operator writes into .streamlit/secrets.toml."""
    return f"""
[auth]
redirect_uri = "{dashboard}/oauth2callback"
cookie_secret = "{"fake" * 10}"
client_id = "{CLIENT}"
client_secret = "fake"
server_metadata_url = "{issuer}/.well-known/openid-configuration"
"""
