"""Where prompts can be sent: the built-in model, NVIDIA's hosted catalog, any other OpenAI-compatible server."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, replace
from urllib.parse import urlsplit, urlunsplit

from nim_core.errors import InputError
from nim_core.words import N_, said


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server that answers chat calls.

    `name` is "local", "nvidia" or the base URL and stands in every row; `title` is what a person calls it, and `note`
    what a newcomer should know of it. `url` is the base URL with its /v1, None for the built-in model, whose address
    is known once it runs. `rpm` is the requests a minute that it is known to allow, None for no limit.
    """

    name: str
    title: str
    url: str | None
    needs_key: bool = False
    rpm: float | None = None
    concurrency: int = 4
    note: str = ""

    @property
    def is_local(self) -> bool:
        """Whether this is the built-in model."""
        return self.url is None


LOCAL = Endpoint(
    "local",
    title=N_("Built-in model"),
    url=None,
    concurrency=1,
    note=N_("A small real model that runs here. No key, no cost; fetched once, 93 MB."),
)
NVIDIA = Endpoint(
    "nvidia",
    title=N_("NVIDIA API catalog"),
    url="https://integrate.api.nvidia.com/v1",
    needs_key=True,
    rpm=40.0,
    note=N_("Models hosted by NVIDIA. Needs an API key."),
)
NAMED: dict[str, Endpoint] = {each.name: each for each in (LOCAL, NVIDIA)}
"""The endpoints that go by a name instead of an address, in the order in which they are offered."""


def title_of(name: str) -> str:
    """What a person calls the endpoint of that name, in the present language.

    >>> title_of("nvidia")
    'NVIDIA API catalog'
    """
    return said(NAMED[name].title) if name in NAMED else name


def resolve(name: str, *, nvidia_url: str | None = None) -> Endpoint:
    """The endpoint of that name, or the server at a URL.

    `nvidia_url` replaces the hosted catalog's address (a gateway, or a test's server).
    Raises InputError for anything else.

    >>> resolve("http://127.0.0.1:8000").url
    'http://127.0.0.1:8000/v1'
    """
    if name == NVIDIA.name and nvidia_url:
        return replace(NVIDIA, url=base_url(nvidia_url))
    if name in NAMED:
        return NAMED[name]
    url = base_url(name)
    return Endpoint(url, title=url, url=url)


def base_url(text: str) -> str:
    """A typed address as a base URL that ends in /v1.

    Raises InputError unless it is an http or https URL with a host and without a user, query or fragment.
    """
    typed = text.strip()
    try:
        parts = urlsplit(typed)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        raise InputError(
            N_("{address} is no web address. Example: http://localhost:8000/v1"), field="endpoint", address=repr(typed)
        ) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_fine or _has_space(typed):
        raise InputError(
            N_("{address} is no web address that starts with http:// or https://. Example: http://localhost:8000/v1"),
            field="endpoint",
            address=repr(typed),
        )
    if parts.username is not None or parts.password is not None:
        raise InputError(N_("The address holds a user name or password; leave it out."), field="endpoint")
    if parts.query or parts.fragment:
        raise InputError(N_("The address holds a ? or # part; leave it out."), field="endpoint")
    path = parts.path.rstrip("/")
    for tail in ("/chat/completions", "/models"):
        path = path.removesuffix(tail)
    if not path.endswith("/v1"):
        path += "/v1"
    return urlunsplit((parts.scheme, parts.netloc.lower(), path, "", ""))


def is_loopback(url: str) -> bool:
    """Whether a URL points at this machine."""
    return is_loopback_host(urlsplit(url).hostname or "")


def is_loopback_host(host: str) -> bool:
    """Whether a host is this machine for certain: "localhost", or an address of the loopback network.

    All else is a name, which leads wherever its owner's name server says: also one that begins with "127.", and
    "a.localhost". Short ways to write an address, such as 127.1, are read by some programs alone and count as names.

    >>> is_loopback_host("127.0.0.1"), is_loopback_host("127.attacker.example")
    (True, False)
    """
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def _has_space(text: str) -> bool:
    return any(character.isspace() or not character.isprintable() for character in text)
