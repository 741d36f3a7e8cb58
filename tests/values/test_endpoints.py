"""Addresses and keys as people type them."""

import pytest

from nim_core.errors import InputError
from nim_core.run.connections import Connections
from nim_core.settings import Settings, permitted
from nim_core.values.endpoints import is_loopback, resolve
from nim_core.values.keys import clean_key, shown_key


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("http://localhost:8000", "http://localhost:8000/v1"),
        (" https://nim.example.org/v1/ ", "https://nim.example.org/v1"),
        ("http://127.0.0.1:8000/v1/chat/completions", "http://127.0.0.1:8000/v1"),
        ("http://[::1]:8000", "http://[::1]:8000/v1"),
        ("https://example.org/gateway", "https://example.org/gateway/v1"),
    ],
)
def test_an_address_becomes_a_base_url_that_ends_in_v1(typed, url):
    assert resolve(typed).url == url


@pytest.mark.parametrize(
    "typed",
    ["", "localhost:8000", "ftp://example.org", "file:///etc/passwd", "http://", "http://user:secret@example.org",
     "http://exa mple.org", "http://example.org:99999", "http://example.org/?key=1", "http://[::1", "nvidia2"],
)  # fmt: skip
def test_what_is_no_plain_web_address_is_refused_without_repeating_a_password(typed):
    with pytest.raises(InputError) as refusal:
        resolve(typed)
    assert "secret" not in str(refusal.value)


def test_the_hosted_catalog_can_stand_behind_a_gateway():
    assert resolve("nvidia", nvidia_url="http://127.0.0.1:9").url == "http://127.0.0.1:9/v1"


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "127.255.0.3", "[::1]", "[::ffff:127.0.0.1]"])
def test_this_machine_is_known_by_its_addresses(host):
    assert is_loopback(f"http://{host}:8000/v1")


@pytest.mark.parametrize(
    "host",
    ["127.attacker.example", "127.0.0.1.attacker.example", "127.0.0.1.", "localhost.attacker.example", "a.localhost",
     "xlocalhost", "128.0.0.1", "10.0.0.5", "0.0.0.0", "127.1", "2130706433", "0x7f.0.0.1", "0177.0.0.1",
     "127.0.0.256", "127.", "127.0.0.1%2eattacker.example", "127\u30020.0.1", "[::ffff:10.0.0.5]", "[::]",
     "[::127.0.0.1]"],
)  # fmt: skip
def test_whatever_only_looks_like_this_machine_is_another(host):
    assert not is_loopback(f"http://{host}:8000/v1")


@pytest.mark.parametrize("pasted", ["nvapi-fake", ' "nvapi-fake"\n', "'nvapi-fake'", "Bearer nvapi-fake"])
def test_white_space_and_quotes_around_a_key_are_dropped(pasted):
    assert clean_key(pasted) == "nvapi-fake"


@pytest.mark.parametrize("pasted", ["", "  ", "nvapi-fa\nke", "nvapi-키", "$NVIDIA_API_KEY", "nvapi-your-key", "a b"])
def test_an_unusable_key_is_refused_and_never_repeated(pasted):
    with pytest.raises(InputError) as refusal:
        clean_key(pasted)
    assert not pasted.strip() or pasted not in str(refusal.value)


def test_a_key_is_shown_by_its_last_four_characters_only():
    assert shown_key("nvapi-" + "x" * 60 + "Wxyz") == "nvapi-…Wxyz"


SHARED = Settings(shared=True, endpoints="http://nim.example:8000, https://other.example/v1")


@pytest.mark.parametrize("name", ["local", "nvidia", "http://nim.example:8000/v1/", "https://OTHER.example"])
def test_a_shared_server_calls_the_built_in_model_the_catalog_and_listed_servers(name):
    assert permitted(name, SHARED) == resolve(name)


@pytest.mark.parametrize(
    "name",
    ["http://127.0.0.1:8000", "http://169.254.169.254/latest", "http://10.0.0.5", "http://nim.example:8001",
     "https://nim.example:8000", "http://nim.example:8000/other", "http://[::ffff:10.0.0.5]/", "http://2130706433"],
)  # fmt: skip
def test_a_shared_server_calls_no_other_address_whatever_it_looks_like(name):
    with pytest.raises(InputError, match="operator"):
        permitted(name, SHARED)


def test_one_persons_server_calls_whatever_they_type():
    assert permitted("http://10.0.0.5:8000", Settings()).url == "http://10.0.0.5:8000/v1"


def test_the_worker_of_a_shared_server_holds_to_the_list_too():
    with pytest.raises(InputError, match="operator"):
        Connections(SHARED).access("http://10.0.0.5:8000", "nvapi-fake")
