"""Work for an event loop, asked for from ordinary code."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import threading

import pytest

from nim_core.call.loop import run_in_loop
from tests.support.running import INTERRUPTIBLE, PATIENCE_S

INTERRUPTED = """
import asyncio
from nim_core.call.loop import run_in_loop

async def work():
    print("begun", flush=True)
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        {then}

try:
    print(run_in_loop(work()))
except KeyboardInterrupt:
    print("interrupted")
"""


async def where():
    return threading.current_thread()


async def fail():
    raise ValueError("no")


def test_the_work_runs_in_another_thread_and_its_value_comes_back():
    assert run_in_loop(where()) is not threading.current_thread()


def test_it_works_inside_a_running_loop():
    async def cell():
        return run_in_loop(asyncio.sleep(0, "done"))

    assert asyncio.run(cell()) == "done"


def test_what_the_work_raises_is_raised():
    with pytest.raises(ValueError, match="no"):
        run_in_loop(fail())


@pytest.mark.parametrize(("then", "said"), [("return 'kept'", "kept"), ("raise", "interrupted")])
def test_an_interrupt_cancels_the_work_which_may_still_give_what_it_has(then, said):
    code = INTERRUPTED.format(then=then)
    with subprocess.Popen([*INTERRUPTIBLE, sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=PATIENCE_S)[0] == f"{said}\n"
