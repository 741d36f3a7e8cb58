"""What the operator sets by environment variables, and where that lets prompts go."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from platformdirs import user_cache_path, user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from .errors import InputError
from .foreign import is_text, quoted
from .values.endpoints import NAMED, Endpoint, base_url, resolve
from .words import N_, Sentence

VARIABLES = (
    "NVIDIA_API_KEY",
    "NIM_LAB_STORE",
    "NIM_LAB_ENDPOINTS",
    "NIM_LAB_SHARED",
    "NIM_LAB_HOURLY_REQUESTS",
    "NIM_LAB_NVIDIA_URL",
    "NIM_LAB_GGUF",
    "NIM_LAB_CACHE",
)
"""Every variable that is read."""


class Settings(BaseSettings):
    """The environment as this library reads it; an empty variable counts as not set.

    NVIDIA_API_KEY, NIM_LAB_STORE, NIM_LAB_ENDPOINTS (comma-separated), NIM_LAB_SHARED,
    NIM_LAB_HOURLY_REQUESTS, NIM_LAB_NVIDIA_URL, NIM_LAB_GGUF, NIM_LAB_CACHE.
    Raises InputError that names the first variable that cannot be used, and what it may be.
    """

    model_config = SettingsConfigDict(env_prefix="NIM_LAB_", env_ignore_empty=True, frozen=True)

    nvidia_api_key: SecretStr | None = Field(None, validation_alias="NVIDIA_API_KEY")
    store: str | None = Field(None, description=N_("a SQLAlchemy URL, such as sqlite:///history.sqlite3"))
    endpoints: str = Field("", description=N_("base URLs separated by commas, such as http://localhost:8000/v1"))
    shared: bool = Field(False, description=N_("1 for a server for several people, 0 for one's own"))
    hourly_requests: int = Field(120, ge=1, description=N_("a whole number of 1 or more"))
    nvidia_url: str | None = Field(None, description=N_("a base URL, such as http://localhost:8000/v1"))
    gguf: Path | None = Field(None, description=N_("the path of a file, in UTF-8"))
    cache: Path | None = Field(None, description=N_("the path of a folder"))

    def __init__(self, **given: Any) -> None:
        try:
            super().__init__(**given)
        except ValidationError as error:
            raise _explained(error) from None

    @field_validator("endpoints", "nvidia_url")
    @classmethod
    def _are_addresses(cls, given: str | None) -> str | None:
        for url in _listed(given or ""):
            try:
                base_url(url)
            except InputError as error:
                raise ValueError(str(error)) from None
        return given

    @field_validator("gguf")
    @classmethod
    def _names_a_model(cls, given: Path | None) -> Path | None:
        if given is not None and not is_text(str(given)):
            raise ValueError("it is no UTF-8")
        return given

    @property
    def store_url(self) -> str:
        """The SQLAlchemy URL of the history: the one set, or SQLite in the user's data directory."""
        return self.store or f"sqlite:///{user_data_path('nim-lab') / 'history.sqlite3'}"

    @property
    def cache_dir(self) -> Path:
        """Where the built-in model's weights are kept."""
        return self.cache or user_cache_path("nim-lab")

    @property
    def extra_endpoints(self) -> tuple[str, ...]:
        """Further base URLs that users may choose."""
        return _listed(self.endpoints)


def permitted(name: str, settings: Settings) -> Endpoint:
    """The endpoint of that name, where calls may go there.

    On a server for several people these are the built-in model, the hosted catalog and the servers that its operator
    has listed: an address that a visitor types could lead into the operator's own network. Raises InputError.
    """
    place = resolve(name, nvidia_url=settings.nvidia_url)
    if settings.shared and place.name not in (*NAMED, *(each.name for each in listed(settings))):
        raise InputError(
            N_(
                "This server is for several people, so prompts go only to the servers that its operator has listed. "
                "Choose one of those, or ask the operator to add yours to NIM_LAB_ENDPOINTS."
            ),
            field="endpoint",
        )
    return place


def listed(settings: Settings) -> tuple[Endpoint, ...]:
    """The servers that the operator has listed in NIM_LAB_ENDPOINTS. Raises InputError when one is no address."""
    return tuple(resolve(url) for url in settings.extra_endpoints)


def _listed(urls: str) -> tuple[str, ...]:
    return tuple(url.strip() for url in urls.split(",") if url.strip())


def _explained(error: ValidationError) -> InputError:
    first = error.errors()[0]
    name = str(first["loc"][0])
    variable, may_be = f"NIM_LAB_{name.upper()}", Settings.model_fields[name].description or ""
    return InputError(
        N_("{variable} is {given}, but it must be {allowed}."),
        field=variable,
        variable=variable,
        given=quoted(first["input"]),
        allowed=Sentence(may_be),
    )
