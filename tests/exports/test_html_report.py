"""The HTML report: everything told, every foreign text only text, nothing loaded, drawn in a real Chromium."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from playwright.sync_api import expect, sync_playwright

from nim_core.exports.html_report import to_html
from nim_core.measures import measure_text
from nim_core.values.dialogue import Message
from nim_core.values.experiment import Experiment
from nim_core.values.generation import Generation, Timing, Usage
from nim_core.values.parameters import GenerationParameters
from nim_core.values.sets import ParameterSet, grid
from nim_core.words import use_language
from tests.support.running import until

HOSTILE = "</script></div><script>window.hurt = 1</script><img src=x onerror='window.hurt = 1'>\"'&lt;<!--"
AB = (
    ParameterSet("alpha", GenerationParameters(temperature=0, max_tokens=64)),
    ParameterSet("beta", GenerationParameters(temperature=1.5, stop=("\n\n",))),
)


def experiment(**changes):
    messages = (Message("system", "Be brief."), Message("user", "What is GPU?"))
    plan = Experiment(
        "e", "2026-11-23T10:00:00.000Z", "local", "some-model", messages, AB, repeats=4, seed=7, order_seed=12345
    )
    return replace(plan, **changes)


def answers(asked, **changes):
    """Growing answers: the first of all is cut, the second failed."""
    rows = []
    for order, cell in enumerate(asked.plan(), start=1):
        text = f"one two three four five {'six ' * order}"
        row = Generation(
            asked.id, cell.set, cell.repeat, order, asked.endpoint, asked.model, asked.parameters_of(cell), "ok",
            f"2026-11-23T10:00:{order % 60:02d}.000Z", text=text, finish_reason="length" if order == 1 else "stop",
            timing=Timing(0.1 + order / 100, 0.1 + order / 100, 1 + order / 10), usage=Usage(5, 20 + order),
            measures=measure_text(text),
        )  # fmt: skip
        rows.append(replace(row, **changes))
    lost = replace(rows[1], status="error", error="timeout", error_detail="nothing came within 60 seconds", text="")
    rows[1] = replace(lost, finish_reason=None, timing=Timing(), usage=Usage())
    return rows


class Parsed(HTMLParser):
    """The tags with their attributes, the text that is shown, and the scripts of a page."""

    def __init__(self, content):
        super().__init__()
        self.tags, self.scripts, self.shown, self._within = [], [], "", ""
        self.feed(content.decode())

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._within = tag
        if tag == "script" and not attrs:
            self.scripts.append("")

    def handle_endtag(self, tag):
        self._within = ""

    def handle_data(self, data):
        if self._within == "script":
            if self.tags[-1] == ("script", {}):
                self.scripts[-1] += data
        elif self._within != "style":
            self.shown += data

    @property
    def policy(self):
        metas = [attrs for tag, attrs in self.tags if tag == "meta"]
        return next(meta["content"] for meta in metas if meta.get("http-equiv") == "Content-Security-Policy")


@pytest.fixture(scope="module")
def report():
    return Parsed(to_html(experiment(), answers(experiment())))


@pytest.mark.parametrize(
    "fact",
    [
        "What is GPU?", "Be brief.", "Built-in model", "some-model", "order seed 12345", "same for all sets: 7 to 10",
        "2026-11-23 10:00:01 UTC", "2026-11-23 10:00:08 UTC", "nim_core 0.", "openai ", "llama.cpp", "Python 3.",
        "temperature 1.5, stop [\"\\n\\n\"]", "Answers planned8", "Answered7", "cut at max tokens1",
        "Failed: No answer came in time1", "No answer came in time: nothing came within 60 seconds.",
    ],
)  # fmt: skip
def test_the_report_tells(report, fact):
    assert fact in report.shown


def test_the_report_is_in_the_language_of_its_reader():
    with use_language("ko"):
        page = to_html(experiment(), answers(experiment())).decode()
    assert '<html lang="ko">' in page
    assert "<h2>실행 조건</h2>" in page
    assert "반복 1: " in page


def test_every_answer_stands_in_the_report(report):
    for each in answers(experiment()):
        assert each.text in report.shown


def test_every_other_set_is_set_against_the_first_and_the_caveat_counts_them(report):
    assert len(re.findall(r"beta: [^.]*alpha", report.shown)) == 5
    assert "5 differences were looked at" in report.shown


def test_every_chart_has_an_alternative_text(report):
    charts = [attrs for tag, attrs in report.tags if attrs.get("class") == "chart"]
    assert len(charts) == 6
    assert all(attrs["role"] == "img" and attrs["aria-label"] for attrs in charts)
    assert "alpha: mean" in charts[0]["aria-label"]


def test_the_means_of_every_measure_and_the_diversity_stand_in_tables(report):
    for head in ("Words", "Time between tokens (s)", "Longest repeat", "Distinct answers", "3 of 3", "4 of 4"):
        assert head in report.shown


def test_the_policy_forbids_loading_and_knows_the_two_scripts_by_their_hashes(report):
    allowed = dict(each.split(" ", 1) for each in report.policy.split("; "))
    assert allowed.pop("default-src") == "'none'"
    assert allowed.pop("img-src") == "data:"
    assert allowed.pop("style-src") == "'unsafe-inline'"
    hashes = [base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in report.scripts]
    assert allowed.pop("script-src") == " ".join(f"'sha256-{each}'" for each in hashes)
    assert allowed == {"base-uri": "'none'", "form-action": "'none'"}
    assert len(hashes) == 2


def test_no_element_names_an_address(report):
    assert [attrs for _, attrs in report.tags if {"src", "href", "action", "srcset"} & set(attrs)] == []


def test_plotly_stands_in_the_file_once():
    assert to_html(experiment(), answers(experiment())).count(b"* plotly.js v") == 1


def hostile_report():
    sets = (ParameterSet(HOSTILE, GenerationParameters(stop=(HOSTILE,))), AB[0])
    messages = (Message("system", HOSTILE), Message("user", HOSTILE))
    asked = experiment(sets=sets, messages=messages, model=HOSTILE)
    rows = answers(asked, text=HOSTILE, reasoning=HOSTILE)
    return to_html(asked, [*rows[:1], replace(rows[1], error_detail=HOSTILE), *rows[2:]])


def test_markup_in_any_text_is_shown_as_text():
    hostile, plain = Parsed(hostile_report()), Parsed(to_html(experiment(), answers(experiment())))
    assert {tag for tag, _ in hostile.tags} == {tag for tag, _ in plain.tags} | {"details"}
    assert not [name for _, attrs in hostile.tags for name in attrs if name.startswith("on")]
    assert hostile.scripts == plain.scripts
    assert hostile.shown.count(HOSTILE) > 20


def test_lone_surrogates_and_nul_do_not_break_the_report():
    sets = (ParameterSet("s\0", GenerationParameters(stop=("\0",))), AB[0])
    asked = experiment(sets=sets, model="m\0")
    content = to_html(asked, answers(asked, text="a\ud800\0b", reasoning="\udfff"))
    assert b"\0" not in content
    assert "a\ufffd\ufffdb" in content.decode()


@pytest.mark.parametrize("gateway", [None, "http://gateway.internal.example/v1"])
def test_the_hosted_catalog_is_named_without_an_address_since_a_gateway_may_stand_before_it(monkeypatch, gateway):
    if gateway:
        monkeypatch.setenv("NIM_LAB_NVIDIA_URL", gateway)
    asked = experiment(endpoint="nvidia")
    content = Parsed(to_html(asked, answers(asked))).shown
    assert "EndpointNVIDIA API catalogModel" in content
    assert "integrate.api.nvidia.com" not in content
    assert "gateway.internal" not in content


def test_a_password_in_the_address_and_the_key_in_the_environment_stand_nowhere(monkeypatch):
    monkeypatch.setenv("NVIDIA_API_KEY", "nvapi-" + "k" * 64)
    asked = experiment(endpoint="http://me:secret@host:8000/v1?key=secret")
    content = to_html(asked, answers(asked))
    assert b"http://host:8000/v1" in content
    assert b"secret" not in content
    assert b"nvapi-" not in content


@pytest.mark.parametrize(
    ("asked", "rows"),
    [
        (experiment(), []),
        (experiment(), [replace(each, status="error", error="network", text="") for each in answers(experiment())]),
        (experiment(sets=AB[:1], repeats=1), answers(experiment())[:1]),
    ],
    ids=["nothing was sent", "all failed", "one answer"],
)
def test_a_report_can_be_made_when(asked, rows):
    rows = [replace(each, set="alpha", order=order) for order, each in enumerate(rows, start=1)]
    assert "How it ended" in Parsed(to_html(asked, rows)).shown


def test_what_was_not_measured_is_said_and_not_drawn():
    asked = experiment(stream=False)
    content = Parsed(to_html(asked, answers(asked, timing=Timing(latency_s=1.0))))
    assert "off, so the time to first token is not known" in content.shown
    assert "No answer has a value here." in content.shown
    assert sum(attrs.get("class") == "chart" for _, attrs in content.tags) == 4


def test_a_long_prompt_is_short_in_the_title_and_whole_below():
    prompt = "word " * 2_000 + "its end"
    content = Parsed(to_html(experiment(messages=(Message("user", prompt),)), []))
    assert prompt in content.shown
    assert content.shown.index("…") < 250


def test_a_thousand_answers_add_little_more_than_their_text():
    asked = experiment(sets=tuple(grid(temperature=[0, 0.5, 1.0, 1.5])), repeats=250)
    rows = answers(asked, text="x" * 100)
    assert len(to_html(asked, rows)) - len(to_html(asked, rows[:8])) < 2_500_000


@pytest.fixture(scope="module")
def chromium():
    found = shutil.which("chromium")
    if found is None and os.environ.get("NIM_LAB_REQUIRE_BROWSER"):
        pytest.fail("Chromium is required here and not installed (Debian's package chromium).")
    if found is None:
        pytest.skip("Chromium is not installed (Debian's package chromium).")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield launched
        launched.close()


@pytest.fixture
def opened(chromium, tmp_path):
    """Opens a report; gives the page, and what it asked for and complained about."""
    contexts = []

    def open_(content, **settings):
        path = tmp_path / "report.html"
        path.write_bytes(content)
        contexts.append(chromium.new_context(**settings))
        page, events = contexts[-1].new_page(), []
        page.on("request", lambda request: events.append(request.url))
        page.on("console", lambda message: events.append(message.text))
        page.on("pageerror", lambda error: events.append(str(error)))
        page.goto(path.as_uri())
        events.remove(path.as_uri())
        return page, events

    yield open_
    for context in contexts:
        context.close()


def colour_of_a_tick(page):
    return page.locator(".chart .ytick text").first.evaluate("each => getComputedStyle(each).fill")


def is_light(colour):
    return sum(map(int, re.findall(r"\d+", colour)[:3])) > 3 * 128


@pytest.mark.browser
@pytest.mark.parametrize(
    "sets",
    [AB, tuple(grid(temperature=[0, 0.5, 1.0])), tuple(grid(temperature=[0, 1.0], top_p=[0.5, 0.9]))],
    ids=["dots", "line", "map"],
)
def test_all_charts_are_drawn_and_nothing_is_asked_for(opened, sets):
    asked = experiment(sets=sets)
    page, events = opened(to_html(asked, answers(asked)))
    expect(page.locator(".chart > .plot-container")).to_have_count(6)
    assert events == []


@pytest.mark.browser
def test_no_button_of_a_chart_sends_it_anywhere(opened):
    page, _ = opened(to_html(experiment(), answers(experiment())))
    expect(page.locator(".chart").first.locator(".modebar-btn")).to_have_count(5)
    titles = page.locator(".modebar-btn").evaluate_all("all => all.map((each) => each.dataset.title)")
    assert set(titles) == {"Zoom", "Pan", "Zoom in", "Zoom out", "Reset axes"}


@pytest.mark.browser
def test_a_hostile_text_does_nothing_in_a_browser(opened):
    page, events = opened(hostile_report())
    page.get_by_role("button", name="Unfold or fold all").click()
    page.locator(".chart .point").first.hover(force=True)
    expect(page.get_by_text(HOSTILE).last).to_be_visible()
    assert page.evaluate("window.hurt") is None
    assert events == []


@pytest.mark.browser
def test_a_name_that_is_markup_stands_in_a_chart_as_it_was_written(opened):
    name = """<b>"a"</b> <a href='x'>&lt;"""
    asked = experiment(sets=(replace(AB[0], name="first"), replace(AB[1], name=name)))
    page, _ = opened(to_html(asked, answers(asked)))
    chart = page.locator(".chart").first
    expect(chart.locator(".ytick").filter(has_text=name)).to_have_count(1)
    chart.locator(".point").nth(4).hover(force=True)
    expect(chart.locator(".hoverlayer")).to_contain_text(name)
    expect(chart.locator("a")).to_have_count(0)


@pytest.mark.browser
def test_the_charts_follow_the_colours_of_the_page_also_when_they_change(opened):
    page, _ = opened(to_html(experiment(), answers(experiment())), color_scheme="dark")
    assert is_light(colour_of_a_tick(page))
    page.emulate_media(color_scheme="light")
    until(lambda: not is_light(colour_of_a_tick(page)))  # the page is told of it a moment later


@pytest.mark.browser
def test_a_dark_report_is_printed_dark_on_white(opened):
    page, _ = opened(to_html(experiment(), answers(experiment())), color_scheme="dark")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    until(lambda: not is_light(colour_of_a_tick(page)))
    assert is_light(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    until(lambda: is_light(colour_of_a_tick(page)))


@pytest.mark.browser
def test_answers_are_folded_until_they_are_unfolded(opened):
    page, _ = opened(to_html(experiment(), answers(experiment())))
    text = page.locator("#answers .text").first  # repeat 1 failed and has none
    expect(text).to_be_hidden()
    page.get_by_text("alpha (4)").click()
    page.locator("#answers summary").filter(has_text="Repeat 2: answered").first.click()
    expect(text).to_be_visible()


@pytest.mark.browser
def test_the_page_is_no_wider_than_a_phone(opened):
    page, _ = opened(to_html(experiment(), answers(experiment())), viewport={"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
