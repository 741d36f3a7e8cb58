"""Launcher for `streamlit run app.py`: the dashboard with its security headers and its worker process."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from nim_core.logs import guard_logs
from nim_core.runs import runs_of
from nim_core.settings import Settings
from pages.parts.headers import SecurityHeaders


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """Start the worker with the server and end it with the server."""
    guard_logs()
    runs = runs_of(Settings())
    await asyncio.to_thread(runs.start_worker)
    warming = asyncio.create_task(asyncio.to_thread(_warm_up))
    yield
    await warming
    await asyncio.to_thread(runs.close)


def _warm_up() -> None:
    """Load what the pages need while the first visitor's browser still loads its own files."""
    import_module("pages.parts.results")
    # What is loaded by now stays; Streamlit's collections then skip it.
    gc.collect()
    gc.freeze()


app = st.App("pages/frame.py", lifespan=lifespan, middleware=[Middleware(SecurityHeaders)])
