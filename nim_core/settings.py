"""What the operator sets by environment variables."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_cache_path, user_data_path
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

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
    """

    model_config = SettingsConfigDict(env_prefix="NIM_LAB_", env_ignore_empty=True, frozen=True)

    nvidia_api_key: SecretStr | None = Field(default=None, validation_alias="NVIDIA_API_KEY")
    store: str | None = None
    endpoints: str = ""
    shared: bool = False
    hourly_requests: int = Field(default=120, ge=1)
    nvidia_url: str | None = None
    gguf: Path | None = None
    cache: Path | None = None

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
        return tuple(url.strip() for url in self.endpoints.split(",") if url.strip())
