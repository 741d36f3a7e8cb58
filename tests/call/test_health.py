"""What a server says of itself."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from nim_core.call.health import server_health
from nim_core.testing import NimServer
from nim_core.values.endpoints import resolve


@contextmanager
def self_hosted(pages):
    """A server with these pages: path to status and JSON."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self):
            status, body = pages.get(self.path, (404, {}))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield resolve(f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()


def test_a_self_hosted_nim_tells_that_it_is_ready_and_its_version():
    pages = {"/v1/health/ready": (200, {"message": "ready"}), "/v1/version": (200, {"release": "1.8.3"})}
    with self_hosted(pages) as place:
        health = server_health(place)
    assert (health.ready, health.version) == (True, "1.8.3")


def test_a_nim_that_still_loads_tells_that_it_is_not_ready():
    with self_hosted({"/v1/health/ready": (503, {"message": "not ready"})}) as place:
        assert server_health(place).ready is False


def test_a_server_that_says_nothing_of_itself_is_not_called_ill():
    with NimServer() as server:
        health = server_health(resolve(server.url))
    assert (health.ready, health.version) == (None, None)
