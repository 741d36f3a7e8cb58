"""The catalog: what an id tells, how a model is found, what is known of it, and what stands in for a lost list."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nim_core.catalog import Model, default_model, kind_of, matching
from nim_core.catalog.available import Listing, listing_of
from nim_core.catalog.entry import entries_of
from nim_core.catalog.facts import Facts, facts_of, shipped_facts
from nim_core.catalog.limits import Limit, fitted, limits_of
from nim_core.catalog.names import name_of
from nim_core.catalog.search import Filters, advice
from nim_core.catalog.state import ago, source_sentence, state_of
from nim_core.errors import CallError
from nim_core.history.sightings import SeenModel
from nim_core.testing import NimServer
from nim_core.values.endpoints import LOCAL, resolve
from nim_core.values.parameters import FIELD, STARTING

ROOT = Path(__file__).parent.parent.parent
NVIDIA = resolve("nvidia")
NOBODY = "http://127.0.0.1:9/v1"
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
with (Path(__file__).parent.parent / "data" / "model_names.csv").open(newline="", encoding="utf-8") as file:
    NAMES = list(csv.DictReader(file))
IDS = [row["id"] for row in NAMES]


def listed(*ids, context=None):
    return [Model(id_, name_of(id_).publisher, kind_of(id_), context) for id_ in ids]


def entries(*ids, endpoint=NVIDIA, seen=None, context=None):
    return entries_of(listed(*ids, context=context), endpoint, seen or {})


def ids(found):
    return [each.id for each in found]


def nim(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "nim_core", *arguments],
        capture_output=True,
        text=True,
        timeout=90,
        cwd=ROOT,
        env=os.environ | environment,
    )


# --- what an id tells ---


def test_the_table_of_names_holds_at_least_80_ids():
    assert len(set(IDS)) >= 80


@pytest.mark.parametrize("row", NAMES, ids=IDS)
def test_an_id_tells_publisher_family_version_size_and_variants(row):
    name = name_of(row["id"])
    told = {
        "publisher": name.publisher,
        "family": name.family,
        "version": name.version,
        "revision": name.revision,
        "size_b": name.size_b,
        "active_b": name.active_b,
    }
    expected = {key: row[key] or None for key in told}
    expected |= {key: float(row[key]) if row[key] else None for key in ("size_b", "active_b")}
    assert told == expected
    assert name.variants == tuple(row["variants"].split())


@pytest.mark.parametrize("row", NAMES, ids=IDS)
def test_an_id_tells_whether_a_model_chats(row):
    assert kind_of(row["id"]) == row["kind"]


@pytest.mark.parametrize("odd", ["", "/", "a/b/c", "-", "💥", "model with spaces", "8b", "x" * 500])
def test_an_odd_id_is_read_without_an_error(odd):
    assert name_of(odd).size_b in (None, 8.0)


# --- search ---


def test_words_are_found_in_any_order():
    assert ids(matching(entries(*IDS), "instruct 8b 3.1 llama meta")) == ["meta/llama-3.1-8b-instruct"]


def test_llama_lists_the_llama_models_by_size_small_first():
    found = matching(entries(*IDS), "llama")
    sizes = [entry.size_b for entry in found if entry.size_b is not None]
    assert len(found) > 15
    assert all("llama" in entry.id for entry in found)
    assert sizes == sorted(sizes)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("lamma 405b", "meta/llama-3.1-405b-instruct"),
        ("nemotorn 340b instruct", "nvidia/nemotron-4-340b-instruct"),
        ("mistarl nemo 12b", "nv-mistralai/mistral-nemo-12b-instruct"),
        ("deepseak v3.1 terminus", "deepseek-ai/deepseek-v3.1-terminus"),
        ("quen3.5", "qwen/qwen3.5-397b-a17b"),
    ],
)
def test_a_typo_finds_the_model_all_the_same(typed, found):
    assert found in ids(matching(entries(*IDS), typed))


def test_a_word_that_is_found_as_it_stands_is_not_taken_for_a_typo():
    assert ids(matching(entries("microsoft/phi-4-mini-instruct", "google/gemma-3-1b-it"), "mini")) == [
        "microsoft/phi-4-mini-instruct"
    ]


def test_1b_does_not_find_11b():
    assert ids(matching(entries("meta/llama-3.2-1b-instruct", "meta/llama-3.2-11b-vision-instruct"), "1b")) == [
        "meta/llama-3.2-1b-instruct"
    ]


def test_a_variant_is_found_by_its_name_where_the_id_abbreviates_it():
    assert ids(matching(entries("nvidia/nemotron-nano-12b-v2-vl", "google/gemma-7b"), "vision")) == [
        "nvidia/nemotron-nano-12b-v2-vl"
    ]


def test_an_empty_search_finds_everything():
    assert len(matching(entries(*IDS), "  ")) == len(IDS)


def test_a_search_of_special_characters_finds_nothing_and_breaks_nothing():
    assert matching(entries(*IDS), "((( [a-z] \\d+ 8b(") == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [("llama zzzz", "'zzzz'"), ("gemma whisper", "Take one away"), ("zz", "'zz'")],
)
def test_no_match_says_what_to_try(typed, said):
    assert said in advice(entries(*IDS), typed, lambda _entry: True)


def test_no_match_says_when_the_filters_hide_a_match():
    answered_only = Filters(answered=True)
    assert "the filters hide it" in advice(entries("meta/llama-3.1-8b-instruct"), "llama", answered_only.let_through)


# --- order and filters ---


def test_what_answered_before_comes_first_then_the_smaller_then_the_unknown():
    seen = {"meta/llama-3.1-405b-instruct": SeenModel(answered_at="2026-06-01T00:00:00Z")}
    listed_ids = ("01-ai/yi-large", "google/gemma-3-27b-it", "meta/llama-3.1-405b-instruct", "google/gemma-3-1b-it")
    assert ids(entries(*listed_ids, seen=seen)) == [
        "meta/llama-3.1-405b-instruct",
        "google/gemma-3-1b-it",
        "google/gemma-3-27b-it",
        "01-ai/yi-large",
    ]


def test_a_retired_model_comes_last():
    assert ids(entries("z-ai/glm4.7", "meta/llama-3.1-405b-instruct"))[-1] == "z-ai/glm4.7"


def test_a_size_filter_leaves_out_what_is_outside_and_what_is_not_known():
    found = [each.id for each in entries(*IDS) if Filters(size_b=(1, 3)).let_through(each)]
    assert "meta/llama-3.2-3b-instruct" in found
    assert not {"meta/llama-3.1-8b-instruct", "01-ai/yi-large"} & set(found)


def test_filters_of_publisher_variant_and_answered_work_together():
    seen = {"meta/llama-3.2-90b-vision-instruct": SeenModel(answered_at="2026-06-01T00:00:00Z")}
    wanted = Filters(publishers=["meta"], variants=["vision"], answered=True)
    assert [each.id for each in entries(*IDS, seen=seen) if wanted.let_through(each)] == [
        "meta/llama-3.2-90b-vision-instruct"
    ]


# --- facts ---


def test_every_fact_has_a_date_and_a_source():
    assert all(len(facts.date) == 7 and facts.source for facts in shipped_facts().values())


def test_the_default_of_a_documented_range_lies_inside_it():
    for facts in shipped_facts().values():
        if facts.temperature_max is not None:
            assert facts.temperature_min <= facts.temperature_default <= facts.temperature_max
            assert facts.max_tokens_default <= facts.max_tokens_max


def test_the_table_speaks_of_the_hosted_catalog_alone():
    own = resolve("http://127.0.0.1:8000")
    assert entries("meta/llama-3.2-1b-instruct", endpoint=own)[0].facts is None
    assert limits_of("m", own, facts_of("meta/llama-3.2-1b-instruct"), None)["temperature"].maximum == 2


def test_the_servers_own_context_wins_over_the_tables():
    assert entries("meta/llama-3.3-70b-instruct", context=4096)[0].context == 4096


# --- limits ---


def test_a_parameter_that_the_schema_does_not_name_is_refused_with_the_reason():
    model = "meta/llama-3.2-1b-instruct"
    limits = limits_of(model, NVIDIA, facts_of(model), None)
    assert "seed" in limits["seed"].refused
    assert limits["stop"].refused is None
    assert limits["frequency_penalty"].refused is None
    assert (limits["max_tokens"].maximum, limits["max_tokens"].default) == (4096, 1024)


def test_every_parameter_has_a_limit_for_every_model_of_the_table():
    assert all(
        set(limits_of(id_, NVIDIA, facts, None)) == set(FIELD) and facts.model == id_
        for id_, facts in shipped_facts().items()
    )


def test_a_parameter_that_the_model_refused_here_is_out():
    seen = SeenModel(refused={"seed": "Validation: Unsupported parameter(s): `seed`"})
    limits = limits_of("m", NVIDIA, None, seen)
    assert "Unsupported parameter" in limits["seed"].refused
    assert limits["temperature"].refused is None


def test_a_refused_value_leaves_the_parameter_in_and_says_what_the_server_said():
    seen = SeenModel(refused={"top_p": "`top_p` is immutable for this model and must be 0.95, got 1"})
    limit = limits_of("m", NVIDIA, None, seen)["top_p"]
    assert limit.refused is None
    assert "must be 0.95" in limit.note


def test_the_built_in_models_own_defaults_do_nothing_and_its_penalties_count_the_prompt():
    limits = limits_of("m", LOCAL, None, None)
    assert [limits[key].default for key in ("temperature", "top_p", "frequency_penalty")] == [1, 1, 0]
    assert "prompt" in limits["presence_penalty"].note
    assert limits_of("m", resolve("http://127.0.0.1:1"), None, None)["temperature"].default is None


def test_max_tokens_ends_at_the_context():
    assert limits_of("m", LOCAL, None, None, 2048)["max_tokens"].maximum == 2048


def test_a_value_outside_is_moved_and_said():
    moved, said = fitted(
        {"temperature": 1.5, "max_tokens": 9000}, {"temperature": Limit(0, 1), "max_tokens": Limit(1, 4096)}
    )
    assert moved == {"temperature": 1, "max_tokens": 4096}
    assert said == (
        "Temperature was moved from 1.5 to 1: this model allows 0 to 1.",
        "Max tokens was moved from 9000 to 4096: this model allows 1 to 4096.",
    )
    assert isinstance(moved["max_tokens"], int)


def test_the_starting_values_fit_every_model_of_the_table():
    values = {name: value for name, value in STARTING.sent().items() if name != "stop"}
    for id_, facts in shipped_facts().items():
        assert fitted(values, limits_of(id_, NVIDIA, facts, None))[1] == ()


# --- the card's sentences ---


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (None, "Not called from here yet."),
        (
            SeenModel(answered_at="2026-06-01T11:57:00Z", ttft_s=0.41),
            "Answered 3 minutes ago, first token after 0.4 s.",
        ),
        (
            SeenModel(
                failed_at="2026-05-15T00:00:00Z", failure="model_retired", detail="end of life on 2026-05-14T00:00:00Z"
            ),
            "Retired on 2026-05-14: it will not come back.",
        ),
        (
            SeenModel(failed_at="2026-06-01T10:00:00Z", failure="model_not_entitled"),
            "Not open to this account, as it said 2 hours ago.",
        ),
        (
            SeenModel(
                answered_at="2026-05-30T12:00:00Z", failed_at="2026-06-01T11:59:50Z", failure="rate_limited", ttft_s=1
            ),
            "Failed just now: too many requests for this key or model. Answered 2 days ago, first token after 1.0 s.",
        ),
    ],
)
def test_a_models_state_here_is_one_sentence(seen, said):
    (entry,) = entries("meta/llama-3.1-8b-instruct", seen={"meta/llama-3.1-8b-instruct": seen} if seen else {})
    assert state_of(entry, NOW) == said


def test_a_model_that_the_table_knows_as_retired_says_so_before_it_is_called():
    assert "2026-05-14" in state_of(entries("z-ai/glm4.7")[0], NOW)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2026-06-01T11:59:30Z", "just now"),
        ("2026-06-01T11:59:00Z", "1 minute ago"),
        ("2026-05-29T11:00:00Z", "3 days ago"),
    ],
)
def test_a_moment_is_told_by_its_distance(at, said):
    assert ago(at, NOW) == said


@pytest.mark.parametrize(
    ("model", "page"),
    [
        ("meta/llama-3.1-8b-instruct", "https://build.nvidia.com/meta/llama-3_1-8b-instruct"),
        ("z-ai/glm-5.1", "https://build.nvidia.com/z-ai/glm-5.1"),
        ("NV-Embed-QA", None),
    ],
)
def test_a_hosted_model_has_its_page_at_nvidia(model, page):
    assert entries(model)[0].page == page


def test_a_model_of_another_server_has_no_page_at_nvidia():
    assert entries("meta/llama-3.1-8b-instruct", endpoint=resolve("http://127.0.0.1:8000"))[0].page is None


# --- the list, and what stands in for it ---


def test_the_default_model_is_the_first_candidate_that_is_listed():
    assert default_model(listed("a/tiny-chat", "meta/llama-3.2-3b-instruct")) == "meta/llama-3.2-3b-instruct"
    assert default_model(listed("nvidia/nv-embed-v1", "a/tiny-chat")) == "a/tiny-chat"
    with pytest.raises(CallError):
        default_model(listed("nvidia/nv-embed-v1"))


def test_ids_that_repeat_are_listed_once(settings, history):
    with NimServer(models=["a/b", "a/b", "c/d"]) as server:
        listing = listing_of(resolve(server.url), None, settings, history.sightings, "f")
    assert (ids(listing.models), listing.source) == (["a/b", "c/d"], "server")


def test_a_self_hosted_server_tells_its_context(settings, history):
    with NimServer(models=[{"id": "a/b", "owned_by": "vllm", "max_model_len": 8192}]) as server:
        listing = listing_of(resolve(server.url), None, settings, history.sightings, "f")
    assert listing.models[0].context == 8192


def test_a_list_that_cannot_be_had_is_replaced_by_the_last_one_seen_and_says_why(settings, history):
    with NimServer(models=["a/b"]) as server:
        place = resolve(server.url)
        listing_of(place, None, settings, history.sightings, "f")
    listing = listing_of(place, None, settings, history.sightings, "f")
    assert (ids(listing.models), listing.source, listing.problem.kind.key) == (["a/b"], "seen", "network")
    assert "last sent, just now" in source_sentence(listing)


def test_the_last_list_is_not_shown_to_another_key(settings, history):
    with NimServer(models=["a/b"]) as server:
        place = resolve(server.url)
        listing_of(place, None, settings, history.sightings, "mine")
    with pytest.raises(CallError):
        listing_of(place, None, settings, history.sightings, "another")


def test_the_shipped_table_stands_in_where_no_list_was_ever_seen(settings, history):
    listing = listing_of(resolve("nvidia", nvidia_url=NOBODY), None, settings, history.sightings, "f")
    assert listing.source == "shipped"
    assert "meta/llama-3.2-1b-instruct" in ids(listing.models)
    assert "known to this program in 2026-" in source_sentence(listing)


def test_another_server_without_a_list_is_not_given_the_tables_models(settings, history):
    with pytest.raises(CallError):
        listing_of(resolve(NOBODY), None, settings, history.sightings, "f")


def test_the_built_in_model_needs_no_server_and_knows_its_context(settings, history):
    listing = listing_of(LOCAL, None, settings, history.sightings, "f")
    assert [(model.id, model.context) for model in listing.models] == [("smollm2-135m-instruct", 2048)]
    assert isinstance(listing, Listing)


# --- the terminal ---

JSON_FIELDS = [
    "id",
    "publisher",
    "kind",
    "context",
    "family",
    "version",
    "revision",
    "size_b",
    "active_b",
    "variants",
    "thinking",
    "page",
    "limits",
    "answered_at",
    "failed_at",
    "failure",
    "ttft_s",
    "retired_on",
    "facts_date",
    "facts_source",
]


def test_the_terminal_lists_the_fields_of_the_catalog_as_json():
    with NimServer(models=["meta/llama-3.2-1b-instruct", "nvidia/nv-embed-v1"]) as server:
        ran = nim("models", "--endpoint", "nvidia", "--json", NIM_LAB_NVIDIA_URL=server.url)
    found = json.loads(ran.stdout)
    assert ran.returncode == 0
    assert all(list(each) == JSON_FIELDS for each in found)
    llama = next(each for each in found if each["kind"] == "chat")
    assert (llama["id"], llama["size_b"], llama["limits"]["temperature"]["maximum"]) == (
        "meta/llama-3.2-1b-instruct",
        1.0,
        1.0,
    )
    assert list(llama["limits"]) == list(FIELD)
    assert list(llama["limits"]["seed"]) == ["minimum", "maximum", "default", "refused", "note"]


def test_the_terminal_searches_with_typos_and_in_the_same_order():
    with NimServer(models=IDS) as server:
        ran = nim("models", "--endpoint", server.url, "--search", "lamma instruct", "--json")
    found = [each["id"] for each in json.loads(ran.stdout)]
    assert found == ids(matching(entries(*IDS, endpoint=resolve(server.url)), "llama instruct"))


def test_the_terminal_says_what_to_try_when_nothing_matches():
    with NimServer() as server:
        ran = nim("models", "--endpoint", server.url, "--search", "zzzz")
    assert (ran.returncode, ran.stdout) == (0, "")
    assert "zzzz" in ran.stderr


def test_the_terminal_shows_the_last_list_with_the_reason_and_ends_with_1():
    with NimServer(models=["a/b-7b"]) as server:
        nim("models", "--endpoint", server.url)
    ran = nim("models", "--endpoint", server.url, "--json")
    assert ran.returncode == 1
    assert [each["id"] for each in json.loads(ran.stdout)] == ["a/b-7b"]
    assert "could not be reached" in ran.stderr
    assert "last sent" in ran.stderr


def test_facts_are_frozen_values():
    with pytest.raises(AttributeError):
        Facts("m", "2026-01", "test").context = 5
