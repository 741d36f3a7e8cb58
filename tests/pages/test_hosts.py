"""Which pages may open the websocket."""

from __future__ import annotations

import pytest
from streamlit import config

from pages.parts.server.hosts import is_own_page


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://localhost:8501", "localhost:8501"),
        ("http://127.0.0.1:8501", "127.0.0.1:8501"),
        ("http://[::1]:8501", "[::1]:8501"),
        ("http://LAB.example.org", "lab.example.org"),
        ("https://lab.example.org", "lab.example.org"),  # a proxy ends HTTPS
        ("https://lab.example.org", "lab.example.org:443"),
        ("https://lab.example.org:8443", "lab.example.org:8443"),
        (None, "localhost:8501"),  # no page: a program
    ],
)
def test_a_page_of_this_server_is_its_own(origin, host):
    assert is_own_page(origin, host)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://localhost:9999", "localhost:8501"),
        ("http://localhost", "localhost:8501"),
        ("https://localhost", "localhost:8501"),
        ("http://127.0.0.1:8501", "localhost:8501"),
        ("https://lab.example.org:8443", "lab.example.org"),
        ("http://lab.example.org:8501", "lab.example.org"),
        ("http://evil.example", "localhost:8501"),
        ("http://localhost.evil.example:8501", "localhost:8501"),
        ("http://localhost:8501.evil.example", "localhost:8501"),
        ("http://localhost:8501@evil.example", "localhost:8501"),
        ("http://evil.example:8501", "localhost:8501"),
        ("http://[::1", "localhost:8501"),
        ("null", "localhost:8501"),
        ("null", ""),
        ("", ""),
        ("", "localhost:8501"),
        ("file://", ""),
    ],
)
def test_a_page_of_another_host_or_port_is_not(origin, host):
    assert not is_own_page(origin, host)


def test_an_operator_may_allow_a_page_of_another_origin():
    origin, host = "https://lab.example.org", "127.0.0.1:8501"
    assert not is_own_page(origin, host)
    before = config.get_option("server.corsAllowedOrigins")
    config.set_option("server.corsAllowedOrigins", [origin])
    try:
        assert is_own_page(origin, host)
        assert not is_own_page(f"{origin}:8443", host)
    finally:
        config.set_option("server.corsAllowedOrigins", before)
