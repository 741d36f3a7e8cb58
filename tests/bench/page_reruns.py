"""How fast Compare comes back with an open experiment of 1,000 answers: python -m tests.bench.page_reruns [--runs N]

Ten sets of a hundred repeats are written into the store, and the page is opened in a browser. The clock is the
browser's own, from the click until the page is over: its script has ended, and what the step asked for stands
(the plan's first field and the experiment's tabs on Compare, the input on Chat, the figure or the table of a tab).
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page

from nim_core.history import open_history
from nim_core.measures import measure_text
from nim_core.settings import Settings
from nim_core.values.clock import utc_now
from nim_core.values.events import Ended
from nim_core.values.experiment import Experiment, new_experiment
from nim_core.values.generation import Generation, Timing, Usage
from nim_core.values.sets import grid
from tests.bench.dashboard import MODEL, chromium, dashboard, spread, tab

SETS = 10
REPEATS = 100
WORDS = 80

# Streamlit marks its page with the state of the script: the step is over when that has run and ended.
UNTIL_OVER = """([clicked, wanted]) => new Promise(done => {
    const began = performance.now();
    let ran = false;
    const look = () => {
        const state = document.querySelector('[data-test-script-state]').dataset.testScriptState;
        ran = ran || state === 'running';
        const over = ran && state === 'notRunning' && wanted.every(each => document.querySelector(each));
        return over ? done(performance.now() - began) : setTimeout(look, 2);
    };
    clicked.click();
    look();
})"""

COMPARE = ["textarea[aria-label='Prompt']", ".stTabs"]
CHAT = ["[data-testid='stChatInputTextArea']"]
FIGURE = [".js-plotly-plot .main-svg"]
TABLE = ["[data-testid='stDataFrame'] canvas"]


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.page_reruns", description=__doc__)
    parser.add_argument("--runs", type=int, default=10)
    asked = parser.parse_args()
    took: dict[str, list[float]] = {}
    sent: dict[str, list[float]] = {}
    with _stored() as (store, experiment), dashboard(NIM_LAB_STORE=store) as (address, _pid), chromium() as browser:
        page, sizes = tab(browser)
        page.goto(f"{address}/compare?experiment={experiment.id}")
        page.get_by_role("tab", name="Answers").wait_for()
        page.wait_for_timeout(3_000)
        for _ in range(asked.runs):
            for name, clicked, wanted in _steps(page):
                sizes.clear()
                took.setdefault(name, []).append(_timed(page, clicked, wanted))
                page.wait_for_timeout(300)
                sent.setdefault(name, []).append(sum(sizes) / 1e3)
    print(f"{SETS} sets x {REPEATS} repeats; median (range) of {asked.runs} runs")
    for name, times in took.items():
        print(f"{name:28}{spread(times):>22} ms, {spread(sent[name])} kB")


def _steps(page: Page) -> Iterator[tuple[str, Locator, list[str]]]:
    """One round: what is clicked, and what must stand then."""
    yield "Compare -> Chat", page.get_by_role("link", name="Chat", exact=True), CHAT
    yield "Chat -> Compare, Answers", page.get_by_role("link", name="Compare", exact=True), COMPARE
    for name in ("Length", "Latency", "Repetition"):
        yield f"tab {name}", page.get_by_role("tab", name=name, exact=True), FIGURE
    yield "another measure", page.get_by_role("radio", name="Distinct pairs"), FIGURE
    yield "tab Data", page.get_by_role("tab", name="Data", exact=True), TABLE
    yield "tab Answers", page.get_by_role("tab", name="Answers", exact=True), COMPARE
    yield "view Differences", page.get_by_role("radio", name="Differences"), COMPARE
    yield "view As written", page.get_by_role("radio", name="As written"), COMPARE


def _timed(page: Page, clicked: Locator, wanted: list[str]) -> float:
    """Milliseconds from a click until its step is over."""
    return float(page.evaluate(UNTIL_OVER, [clicked.element_handle(), wanted]))


@contextmanager
def _stored() -> Iterator[tuple[str, Experiment]]:
    """A store that holds the experiment; its URL."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/history.sqlite3"
        sets = grid(temperature=[number / 10 for number in range(SETS)])
        experiment = new_experiment("What is GPU?", sets, endpoint="local", model=MODEL, repeats=REPEATS)
        history = open_history(Settings(store=url))
        history.experiments.save(experiment)
        for order, cell in enumerate(experiment.plan(), 1):
            history.experiments.add(_generation(experiment, cell.set, cell.repeat, order))
        history.experiments.end(experiment.id, Ended("done", "all_in"))
        history.close()
        yield url, experiment


def _generation(experiment: Experiment, name: str, repeat: int, order: int) -> Generation:
    luck = random.Random(f"{name}/{repeat}")
    text = " ".join(f"word{luck.randrange(60)}" for _ in range(luck.randrange(WORDS // 2, WORDS)))
    first = luck.uniform(0.05, 0.2)
    return Generation(
        experiment.id,
        name,
        repeat,
        order,
        experiment.endpoint,
        experiment.model,
        next(each.parameters for each in experiment.sets if each.name == name),
        "ok",
        utc_now(),
        text=text,
        finish_reason="stop",
        timing=Timing(first, first, first + len(text) / 500),
        usage=Usage(12, len(text) // 5),
        measures=measure_text(text),
    )


if __name__ == "__main__":
    main()
