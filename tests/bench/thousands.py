"""5,000 answers in one experiment, 64 at a time, through one worker: python -m tests.bench.thousands

The worker's memory is looked at every second; each stored text is compared with what the server said.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

from nim_core.history import open_history
from nim_core.settings import Settings
from nim_core.values.experiment import Experiment, new_experiment
from nim_core.values.sets import grid
from nim_core.values.visitor import Visitor
from nim_core.worker.runs import Runs
from nim_core.worker.view import RunView
from tests.bench.truth import Pace, cpu_s, memory_mib, served, tokens_of

SETS = grid(temperature=[0.2, 0.4, 0.6, 0.8, 1.0])
SETTLED = 1_000
"""Answers after which memory should have stopped growing."""


def main() -> None:
    """Run it and print what was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.thousands", description=__doc__)
    parser.add_argument("--answers", type=int, default=5_000)
    parser.add_argument("--at-once", type=int, default=64)
    parser.add_argument("--tokens", type=int, default=64)
    asked = parser.parse_args()
    pace = Pace(asked.tokens)
    repeats = asked.answers // len(SETS)
    with tempfile.TemporaryDirectory() as folder, served(pace) as server:
        os.environ["NIM_LAB_STORE"] = f"sqlite:///{Path(folder) / 'history.sqlite3'}"
        experiment = new_experiment(
            "What is GPU?", SETS, endpoint=server.url, model="m", repeats=repeats, concurrency=asked.at_once
        )
        runs = Runs()
        runs.start_worker()
        began = time.monotonic()
        view = runs.start(experiment, total=len(experiment.plan()), key=None, visitor=Visitor("bench"))
        assert runs.worker_pid is not None
        samples = _watch(view, runs.worker_pid)
        window, cpu = time.monotonic() - began, cpu_s(runs.worker_pid)
        peak = memory_mib(runs.worker_pid, "VmHWM")
        print(f"{len(experiment.plan()):,} answers, {asked.at_once} at once, {asked.tokens} tokens each: {view.ended}")
        ideal = pace.ideal_s(len(experiment.plan()), asked.at_once)
        print(f"window {window:.1f} s / ideal {ideal:.1f} s = {window / ideal:.2f}; CPU of the worker {cpu:.1f} s")
        _report_memory(samples, peak)
        _report_loss(experiment, pace.tokens)
        runs.close()


def _watch(view: RunView, pid: int) -> list[tuple[int, float]]:
    """Each second until the run has ended: answers so far, and the worker's memory in MiB."""
    samples = []
    while view.ended is None:
        view.wait(1)
        samples.append((view.look().finished, memory_mib(pid, "VmRSS")))
    return samples


def _report_memory(samples: list[tuple[int, float]], peak: float) -> None:
    settled = [memory for finished, memory in samples if finished >= SETTLED]
    first, last = settled[0], settled[-1]
    print(
        f"memory, MiB: after {SETTLED:,} answers {first:.1f}, median since {statistics.median(settled):.1f}, "
        f"at the end {last:.1f} = {last - first:+.1f}; peak {peak:.1f}"
    )


def _report_loss(experiment: Experiment, tokens: int) -> None:
    history = open_history(Settings())
    rows = history.experiments.generations(experiment.id)
    history.close()
    cells = {(row.set, row.repeat) for row in rows}
    numbers = {int(row.text.split()[0].removeprefix("Answer")) for row in rows}
    whole = sum(row.text == "".join(tokens_of(int(row.text.split()[0].removeprefix("Answer")), tokens)) for row in rows)
    print(
        f"rows {len(rows):,}, ok {sum(row.status == 'ok' for row in rows):,}, distinct cells {len(cells):,}, "
        f"distinct answers {len(numbers):,}, texts exactly as the server said {whole:,}"
    )


if __name__ == "__main__":
    main()
