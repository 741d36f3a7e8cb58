"""Launcher for `streamlit run app.py`: the dashboard with its security headers and its worker process."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from nim_core.errors import InputError, StoreError
from nim_core.logs import guard_logs
from nim_core.worker.runs import runs_of
from pages.parts.server.headers import SecurityHeaders
from pages.parts.server.hosts import KnownHosts
from pages.parts.server.operator import settings
from pages.parts.server.page_language import PageLanguage
from pages.parts.visitor.session import whole_history


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """Start the worker with the server and end it with the server."""
    guard_logs()
    runs = runs_of(settings())
    await asyncio.to_thread(runs.start_worker)
    warming = asyncio.create_task(asyncio.to_thread(_warm_up))
    yield
    await warming
    await asyncio.to_thread(runs.close)


def _look_at_settings() -> None:
    """Tell the operator at the start what visitors would otherwise stumble over."""
    try:
        shared = settings().shared
    except InputError as error:
        sys.stderr.write(f"Error: {error}\n")
        sys.exit(2)
    hosts = ", ".join(st.get_option("server.allowedHosts"))
    if shared and hosts:
        sys.stdout.write(f"For several people. Visitors reach it under these names: {hosts} (--server.allowedHosts).\n")


def _warm_up() -> None:
    """Load what the pages need while the first visitor's browser still loads its own files."""
    import_module("pages.parts.compare.results")
    _draw_a_figure()
    try:
        whole_history(settings())
    except StoreError as error:  # the pages tell visitors; this tells the operator, before anybody comes
        logging.getLogger(__name__).error("%s", error)
    # What is loaded by now stays; Streamlit's collections then skip it.
    gc.collect()
    gc.freeze()


def _draw_a_figure() -> None:
    """The first figure of a process takes half a second longer than the others."""
    from nim_core.analysis.table import frame
    from nim_core.charts import timeline

    timeline(frame([])).to_json()


_look_at_settings()
app = st.App(
    "pages/frame.py",
    lifespan=lifespan,
    middleware=[Middleware(SecurityHeaders), Middleware(KnownHosts), Middleware(PageLanguage)],
)
