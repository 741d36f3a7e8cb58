"""A plan in an address."""

import base64
import json
import zlib

import pytest

from nim_core.errors import InputError
from nim_core.planning.permalink import VERSION, decode, encode
from nim_core.values.experiment import new_experiment
from nim_core.values.parameters import GenerationParameters
from nim_core.values.sets import ParameterSet, grid

SETS = (*grid(temperature=[0, 1]), ParameterSet("멈춤", GenerationParameters(stop=("\n", "끝"))))
EXPERIMENT = new_experiment(
    "What is «GPU»? 한국어", SETS, system="Be brief.", endpoint="http://10.0.0.1/v1", model="m", repeats=5, seed=1
)


def test_a_plan_comes_back_as_it_was():
    plan = decode(encode(EXPERIMENT))
    assert (plan.prompt, plan.system, plan.sets) == (EXPERIMENT.prompt, "Be brief.", SETS)
    assert (plan.repeats, plan.seeded, plan.model) == (5, True, "m")


@pytest.mark.parametrize(("endpoint", "kind"), [("local", "local"), ("nvidia", "nvidia"), ("http://a/v1", "other")])
def test_a_link_tells_the_kind_of_endpoint_that_its_model_is_on(endpoint, kind):
    asked = new_experiment("Hi", SETS, endpoint=endpoint, model="m")
    assert decode(encode(asked)).kind == kind


def test_a_link_that_was_made_before_kinds_were_told_is_read():
    plan = {"prompt": "Hi", "system": "", "sets": [["a", {}]], "repeats": 1, "seeded": False, "model": "m"}
    for kind in ({}, {"kind": "elsewhere"}):
        packed = base64.urlsafe_b64encode(zlib.compress(json.dumps(plan | kind).encode())).decode()
        found = decode(f"1.{packed}")
        assert (found.model, found.kind) == ("m", None)


def test_a_link_holds_no_address_of_a_server():
    assert b"10.0.0.1" not in encode(EXPERIMENT).encode()
    assert not hasattr(decode(encode(EXPERIMENT)), "endpoint")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "1.",
        "1.!!!!",
        f"{VERSION}.{encode(EXPERIMENT)[10:]}",
        encode(EXPERIMENT)[:-9],
        "2.abc",
        "1.eJwDAAAAAAE",
    ],
)
def test_a_damaged_link_or_one_of_another_version_is_refused_with_a_sentence(text):
    with pytest.raises(InputError, match="link"):
        decode(text)


def test_a_link_that_unpacks_to_far_too_much_is_refused():
    bomb = base64.urlsafe_b64encode(zlib.compress(b'{"prompt":"' + b"x" * 50_000_000)).decode()
    with pytest.raises(InputError):
        decode(f"1.{bomb}")


def test_a_link_that_holds_more_sets_than_can_run_is_refused_before_they_are_made():
    import base64
    import zlib

    sets = ",".join(f'["set {number}", {{}}]' for number in range(20_000))
    packed = base64.urlsafe_b64encode(zlib.compress(f'{{"sets": [{sets}]}}'.encode())).decode()
    with pytest.raises(InputError, match="20,000 parameter sets"):
        decode(f"1.{packed}")


def test_a_plan_too_long_for_an_address_has_no_link():
    import random

    noise = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=40_000))
    assert encode(new_experiment(noise, SETS, endpoint="local", model="m")) is None
