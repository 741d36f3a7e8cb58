"""Hostile text of models and servers, on every page that shows any: nothing loads, nothing runs, the page goes on."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from nim_core.exports.html_report import to_html
from nim_core.testing import Chunks, NimServer, Raw, Says, event
from nim_core.values.clock import utc_now
from nim_core.values.experiment import new_experiment, new_turn
from nim_core.values.generation import Generation
from nim_core.values.parameters import GenerationParameters
from nim_core.values.sets import ParameterSet
from tests.browser.conftest import keep_picture
from tests.support import hostile

pytestmark = pytest.mark.browser

CONVERSATION = "c" * 32
MODEL = "m"
# Painting ends at the answer's own box, and the box is no higher than a long answer.
KEPT_IN = """formula => {
    const box = formula.closest('[data-testid=stMarkdownContainer]');
    return getComputedStyle(box).contain.includes('paint') && box.getBoundingClientRect().height <= 16000;
}"""


@dataclass
class Watch:
    """What a tab asked for elsewhere, which windows it opened, what its policy had to stop, and what ran."""

    page: Page
    own: str
    found: list[str] = field(default_factory=list)

    def __post_init__(self):
        page = self.page
        page.add_init_script("window.print = window.open = () => { window.hostile_ran = 1 }")
        page.on("request", lambda request: self._note(request.url))
        page.on("dialog", self._dismiss)
        page.context.on("page", lambda opened: self.found.append(f"opened {opened.url}"))
        page.on("pageerror", lambda error: self.found.append(f"fault {error}"))
        page.on("console", lambda said: self.found.append(said.text) if "Security Policy" in said.text else None)

    def _note(self, url):
        if not url.startswith((self.own, "data:", "blob:")):
            self.found.append(url)

    def _dismiss(self, dialog):
        self.found.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def assert_quiet(self, asked):
        assert self.page.evaluate("window.hostile_ran") is None
        assert self.page.title() != "ran"
        assert self.found == []
        assert asked == []


def keep_conversation(history, texts):
    """A conversation whose every part is hostile, two texts a turn: as answer, and as question, thinking and error."""
    parent, turns = None, list(zip(texts[::2], [*texts[1::2], "q"], strict=False))
    for one, other in turns:
        turn = new_turn(other, GenerationParameters(), endpoint="local", model=MODEL, conversation=CONVERSATION)
        history.conversations.add(turn, parent=parent)
        history.experiments.add(
            row(turn, "chat", 1, one, reasoning=other, status="error", error="stream_error", error_detail=other)
        )
        parent = turn.id
    return len(turns)


def row(asked, name, repeat, text, **changes):
    sent = GenerationParameters()
    values = {"status": "ok", "reasoning": text, "finish_reason": text[:80], "request_id": text[:80]} | changes
    return Generation(
        asked.id, name, repeat, repeat, asked.endpoint, MODEL, sent, started_at=utc_now(), text=text, **values
    )


def comparison(texts, **changes):
    """An experiment with a set for each text, named after it; the seed tells the server which text is meant."""
    sets = [
        ParameterSet(f"{number} {text[:60]}", GenerationParameters(seed=number)) for number, text in enumerate(texts)
    ]
    return new_experiment(
        texts[0], sets, **({"endpoint": "local", "model": MODEL, "repeats": 1, "warmup": 0} | changes)
    )


def small(address):
    return list(hostile.answers(address).values())


def test_a_conversation_of_hostile_questions_answers_and_errors_loads_and_runs_nothing(
    dashboard, page, listener, history
):
    address, asked = listener
    texts = small(address)
    turns = keep_conversation(history, texts)
    history.conversations.rename(CONVERSATION, texts[0])
    refusal = Raw(400, json.dumps({"message": "; ".join(texts[:8])}))
    with NimServer([Says(["a ", *texts[:60], " the end of it"], each_s=0.01), refusal, Says("calm")]) as server:
        own = dashboard(NIM_LAB_ENDPOINTS=server.url)
        watch = Watch(page, own)
        page.goto(f"{own}/chat?endpoint={quote(server.url)}&model={MODEL}&conversation={CONVERSATION}")
        page.get_by_text(re.compile("turns before these")).click()
        expect(page.get_by_role("button", name="Regenerate")).to_have_count(turns)
        keep_picture(page, "hostile-chat")
        for number, wanted in enumerate(("the end of it", "refused a parameter", "calm"), start=1):
            box = page.get_by_test_id("stChatInputTextArea")
            expect(box).to_be_enabled()
            box.fill(texts[number])
            box.press("Enter")
            expect(page.get_by_role("button", name="Regenerate")).to_have_count(turns + number)
            expect(page.get_by_text(wanted).last).to_be_attached()
        for tab in ("JSON", "Code"):
            page.get_by_role("tab", name=tab).first.click()
            expect(page.locator(f".st-key-chat_{tab.lower()}").get_by_test_id("stCode").first).to_be_visible()
        page.get_by_role("button", name="Conversations").click()
        expect(page.get_by_label("Search conversations")).to_be_visible()
        keep_picture(page, "hostile-conversations")
    watch.assert_quiet(asked)


def test_a_comparison_of_hostile_answers_loads_and_runs_nothing_while_they_come_and_afterwards(
    dashboard, page, listener, history
):
    address, asked = listener
    texts = small(address)

    def goes_on(seen):
        return Chunks([event({"content": texts[seen.body["seed"]] + "."})], then="hang")

    with NimServer(goes_on) as server:
        own = dashboard(NIM_LAB_ENDPOINTS=server.url)
        watch = Watch(page, own)
        live = comparison(texts, endpoint=server.url, concurrency=len(texts))
        history.experiments.save(live)
        page.goto(f"{own}/compare?experiment={live.id}")
        page.get_by_role("button", name="Resume").click()
        expect(page.get_by_text(re.compile(r"^about [\d,]+ tokens"))).to_have_count(len(texts))
        keep_picture(page, "hostile-compare-live")
        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_text("Stopped here")).to_have_count(len(texts))
        keep_picture(page, "hostile-compare")
    watch.assert_quiet(asked)


def kept_comparison(history, texts):
    """A comparison in the store with an answer for each text; its prompt, name and note are hostile too."""
    asked = comparison(texts)
    history.experiments.save(asked)
    history.shelf.describe(asked.id, name=texts[0], note="\n\n".join(texts[:60]))
    for each, text in zip(asked.sets, texts, strict=True):
        history.experiments.add(row(asked, each.name, 1, text))
    return asked


def test_the_tabs_of_a_comparison_of_hostile_answers_load_and_run_nothing(dashboard, page, listener, history):
    address, asked = listener
    texts = small(address)
    below = kept_comparison(history, texts[:5])
    shown = kept_comparison(history, texts)
    own = dashboard()
    watch = Watch(page, own)
    page.goto(f"{own}/compare?experiment={shown.id}")
    for view in ("Differences", "Repetition"):
        page.get_by_text(view, exact=True).last.click()
        expect(page.get_by_text("Marked: ").first).to_be_visible()
        keep_picture(page, f"hostile-{view.lower()}")
    page.get_by_role("tab", name="Length").click()
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    page.get_by_label("Lay over").click()
    page.get_by_role("option").last.click()
    expect(page.get_by_text("(other)").first).to_be_attached()
    keep_picture(page, "hostile-length")
    page.get_by_role("tab", name="Data").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download JSON").click()
    downloaded = json.loads(download.value.path().read_bytes())
    assert sorted(each["text"] for each in downloaded) == sorted(texts)
    assert below.id != shown.id
    watch.assert_quiet(asked)


def test_a_report_of_hostile_answers_loads_and_runs_nothing(page, listener, tmp_path):
    address, asked = listener
    texts = small(address)
    told = comparison(texts)
    path = tmp_path / "report.html"
    path.write_bytes(
        to_html(told, [row(told, each.name, 1, text) for each, text in zip(told.sets, texts, strict=True)])
    )
    watch = Watch(page, path.as_uri())
    page.goto(path.as_uri())
    page.get_by_role("button", name="Unfold or fold all").click()
    expect(page.get_by_text("image of data").or_(page.get_by_text("PHN2ZyBvbmxvYWQ").last)).to_be_visible()
    keep_picture(page, "hostile-report")
    watch.assert_quiet(asked)


def test_a_hostile_list_of_models_loads_and_runs_nothing(dashboard, page, listener):
    address, asked = listener
    texts = [text[:300] for text in small(address)]
    hostile_list = [{"id": f"{n} {text}", "owned_by": text, "description": text} for n, text in enumerate(texts)]
    with NimServer(models=[*hostile_list, "x" * 1_000_000, "calm"]) as server:
        own = dashboard(NIM_LAB_ENDPOINTS=server.url)
        watch = Watch(page, own)
        page.goto(f"{own}/models?endpoint={quote(server.url)}")
        expect(page.get_by_role("button", name="Use this model")).to_be_visible()
        keep_picture(page, "hostile-models")
        page.get_by_label("Search models").fill(texts[0][:20])
        page.get_by_role("button", name="Use this model").click()
        expect(page.get_by_text("Chat and Compare use")).to_be_visible()
        page.get_by_text("Code", exact=True).click()
        page.get_by_label("Search models").fill("calm")
        expect(page.locator(".st-key-model_card").get_by_role("heading")).to_have_text("calm")
    watch.assert_quiet(asked)


def test_gigantic_answers_are_drawn_in_part_and_say_so_and_the_next_question_is_answered(
    dashboard, page, listener, history
):
    gigantic = hostile.large()
    for name in ("one line of a megabyte", "100,000 list items", "100,000 images", "a table of 5,000 rows"):
        turn = new_turn("q", GenerationParameters(), endpoint="local", model=MODEL, conversation=CONVERSATION)
        history.conversations.add(turn, parent=None)
        history.experiments.add(row(turn, "chat", 1, gigantic[name], reasoning=""))
    parts = ["[" * 20_000] * 4  # short enough to be sent along with the next question
    with NimServer([Says(parts, each_s=0.05), Says("calm")]) as server:
        own = dashboard(NIM_LAB_ENDPOINTS=server.url)
        watch = Watch(page, own)
        page.goto(f"{own}/chat?endpoint={quote(server.url)}&model={MODEL}&conversation={CONVERSATION}")
        for _ in range(3):
            expect(page.get_by_text("characters, so that your browser keeps up")).to_be_visible()
            page.get_by_role("button", name="Earlier").click()
        keep_picture(page, "hostile-gigantic")
        page.get_by_role("button", name="New chat").click()
        for number, wanted in enumerate(("characters, so that your browser keeps up", "calm"), start=1):
            box = page.get_by_test_id("stChatInputTextArea")
            expect(box).to_be_enabled()
            box.fill("Go on")
            box.press("Enter")
            expect(page.get_by_role("button", name="Regenerate")).to_have_count(number)
            expect(page.get_by_text(wanted).last).to_be_attached()
    watch.assert_quiet(listener[1])


def test_a_formula_of_any_size_covers_nothing_beside_its_answer(dashboard, page, history):
    formulas = hostile.answers("http://e.org")
    for name in ("latex of giant size", "latex over its neighbours"):
        turn = new_turn("q", GenerationParameters(), endpoint="local", model=MODEL, conversation=CONVERSATION)
        history.conversations.add(turn, parent=None)
        history.experiments.add(row(turn, "chat", 1, formulas[name], reasoning="", finish_reason="stop"))
    page.goto(f"{dashboard()}/chat?conversation={CONVERSATION}")
    for number in (2, 1):
        expect(page.get_by_text(f"version {number} of 2")).to_be_visible()
        assert page.locator(".katex").first.evaluate(KEPT_IN)
        page.get_by_role("button", name="Earlier" if number == 2 else "Later").click()
