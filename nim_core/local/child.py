"""One child process that serves the built-in model: started, asked for its address, ended."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import re
import secrets
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import IO

from nim_core.children import child_environment
from nim_core.errors import LocalModelError
from nim_core.words import N_, Sentence

from .fetch import TICK_S

START_S = 300.0
END_S = 5.0
_LOG_PREFIX = re.compile(r"^[\d.]+ [A-Z] ")


class Child:
    """One child process, from its start to its end."""

    def __init__(self, gguf: Path) -> None:
        self.key = secrets.token_urlsafe(32)
        self.url = ""
        self._last_words: deque[bytes] = deque(maxlen=20)
        self._answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self.process = subprocess.Popen(  # noqa: S603  # our own program, called with a number
            [sys.executable, "-P", "-m", "nim_core.local.serve", str(os.getpid())],
            env=child_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # a Ctrl-C in the terminal is for its parent
        )
        stdin, stdout, stderr = self._pipes()
        self._readers = (
            threading.Thread(target=lambda: self._answers.put(stdout.readline()), daemon=True),
            threading.Thread(target=lambda: self._last_words.extend(stderr), daemon=True),
        )
        for reader in self._readers:
            reader.start()
        # When it died at once the pipe is broken, and its answer an empty line.
        with contextlib.suppress(BrokenPipeError):
            stdin.write(json.dumps({"gguf": str(gguf), "key": self.key, "port": 0}).encode() + b"\n")
            stdin.flush()

    def wait_until_ready(self, tick: Callable[[], None]) -> None:
        """Waits for the child's address, calling `tick` meanwhile; raises LocalModelError."""
        limit = time.monotonic() + START_S
        while True:
            tick()
            try:
                line = self._answers.get(timeout=TICK_S)
                break
            except queue.Empty:
                if time.monotonic() > limit:
                    message = N_("The built-in model did not start within {count} seconds.")
                    raise self._failed(Sentence(message, {"count": round(START_S)})) from None
        answer = json.loads(line) if line else {}
        if "url" not in answer:
            raise self._failed(answer.get("error") or self._how_it_ended())
        self.url = answer["url"]

    def end(self) -> None:
        """Ends the process by closing its stdin, by force when that does not help."""
        stdin, stdout, stderr = self._pipes()
        with contextlib.suppress(BrokenPipeError):
            stdin.close()
        try:
            self.process.wait(END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for reader in self._readers:
            reader.join()
        stdout.close()
        stderr.close()

    def _failed(self, sentence: str | Sentence) -> LocalModelError:
        self.end()
        said = " / ".join(
            dict.fromkeys(_LOG_PREFIX.sub("", line.decode(errors="replace").strip()) for line in self._last_words)
        )
        if not said:
            return LocalModelError(N_("{sentence} The other endpoints go on working without it."), sentence=sentence)
        return LocalModelError(
            N_("{sentence} The other endpoints go on working without it. Its last words: {words}"),
            sentence=sentence,
            words=said[-400:],
        )

    def _how_it_ended(self) -> Sentence:
        code = self.process.wait()
        if code == -9:
            killed = N_("The built-in model's process was killed while it started, most likely because memory ran out.")
            return Sentence(killed)
        return Sentence(
            N_("The built-in model's process ended while it started (exit code {code})."), {"code": str(code)}
        )

    def _pipes(self) -> tuple[IO[bytes], IO[bytes], IO[bytes]]:
        process = self.process
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        return process.stdin, process.stdout, process.stderr
