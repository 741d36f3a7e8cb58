"""The browser or the server is killed in the middle of a run: the run goes on, or the next server resumes it."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import QUIET
from tests.support.running import children_of, is_alive, until

pytestmark = pytest.mark.browser

A_WHILE = 120_000


def begun(history):
    """The experiment that runs, once an answer of it is in."""
    until(
        lambda: (
            history.experiments.comparisons()
            and history.experiments.generations(history.experiments.comparisons()[0].id)
        )
    )
    return history.experiments.comparisons()[0]


def server_of(address):
    """The process that serves an address."""
    port = address.rpartition(":")[2].encode()
    words = {path.parent.name: path.read_bytes().split(b"\0") for path in Path("/proc").glob("[0-9]*/cmdline")}
    (pid,) = [int(pid) for pid, command in words.items() if b"streamlit" in command and port in command]
    return pid


@pytest.mark.model
def test_a_killed_server_takes_worker_and_model_along_and_the_next_one_runs_only_what_is_missing(
    dashboard, page, history
):
    address = dashboard()
    page.goto(f"{address}/compare")
    page.get_by_role("button", name="Run comparison").click()
    asked = begun(history)
    server = server_of(address)
    others = children_of(server)
    os.kill(server, signal.SIGKILL)
    until(lambda: not any(is_alive(pid) for pid in others))
    assert len(others) == 2
    kept = [row for row in history.experiments.generations(asked.id) if row.status == "ok"]
    assert 0 < len(kept) < 9

    page.goto(f"{dashboard()}/compare?experiment={asked.id}")
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("button", name="Resume")).to_have_count(0, timeout=A_WHILE)
    until(lambda: history.experiments.ended(asked.id))
    rows = history.experiments.generations(asked.id)
    assert [row.status for row in rows] == ["ok"] * 9
    assert all(row in rows for row in kept)


@pytest.mark.model
def test_a_killed_browser_ends_no_run_and_another_browser_finds_it(dashboard, page, browser, history):
    address = dashboard()
    before = set(children_of(os.getpid()))
    other = browser.browser_type.launch(executable_path=shutil.which("chromium"), args=list(QUIET))
    visitor = other.new_page()
    chromium = set(children_of(os.getpid())) - before
    visitor.goto(f"{address}/compare")
    visitor.get_by_role("button", name="Run comparison").click()
    asked = begun(history)
    for pid in filter(is_alive, chromium):
        os.kill(pid, signal.SIGKILL)
    until(lambda: history.experiments.ended(asked.id))
    assert [row.status for row in history.experiments.generations(asked.id)] == ["ok"] * 9
    page.goto(f"{address}/compare?experiment={asked.id}")
    expect(page.get_by_role("tab", name="Answers")).to_be_visible()
