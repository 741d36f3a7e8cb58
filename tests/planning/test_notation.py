"""Parameter sets as a person writes them."""

import pytest

from nim_core.errors import InputError
from nim_core.planning.notation import parameter_sets, parse_axis, parse_set, parse_values
from nim_core.planning.spec_file import read_spec
from nim_core.values.parameters import GenerationParameters
from nim_core.values.sets import grid


def test_a_named_set_sends_exactly_what_it_names():
    each = parse_set('calm: temperature=0.2, top_p=0.9, stop=["\\n", ","], max_tokens=50')
    assert each.name == "calm"
    assert each.parameters.sent() == {"temperature": 0.2, "top_p": 0.9, "stop": ["\n", ","], "max_tokens": 50}


def test_a_set_without_a_name_is_called_after_its_parameters():
    assert parse_set("temperature=0.5, top_p=0.9").name == "temperature=0.5, top_p=0.9"


def test_a_neutral_value_that_is_named_is_sent():
    assert parse_set("a: presence_penalty=0").parameters.sent() == {"presence_penalty": 0.0}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a: temperature",
        "a: temperature=",
        "a: temperature=hot",
        "a: temperature=3",
        "a: temperature=0.2 top_p=1",
        "a: temperature=0.2,",
        "a: temperature=0.2, temperature=0.3",
        "a: top_p=0",
        "a: max_tokens=1.5",
        'a: stop=[""]',
        "a: seed=-1",
        "a: temperature=NaN",
        "a: temperature=true",
        "a: unknown=1",
        ": temperature=1",
    ],
)
def test_a_malformed_set_is_refused_with_a_sentence(text):
    with pytest.raises(InputError) as refusal:
        parse_set(text)
    assert str(refusal.value).endswith((".", "9", "5"))
    assert "\n" not in str(refusal.value)


def test_a_range_holds_its_end():
    assert parse_axis("temperature=0:1:0.25") == ("temperature", [0, 0.25, 0.5, 0.75, 1])


def test_a_range_does_not_drift_by_binary_fractions():
    assert parse_axis("temperature=0:1:0.1")[1][3] == 0.3


@pytest.mark.parametrize(
    "text",
    ["temperature", "temperature=", "heat=1", "temperature=1:0:1", "temperature=0:1:0", "temperature=0:1:x",
     "temperature=0,,1", "temperature=0:9999:0.1"],
)  # fmt: skip
def test_a_malformed_axis_is_refused_with_a_sentence(text):
    with pytest.raises(InputError):
        parse_axis(text)


def test_exact_sets_come_before_the_product_of_the_axes():
    sets = parameter_sets(["a: seed=1"], ["temperature=0,1", "top_p=0.5,1"])
    assert [each.name for each in sets] == [
        "a",
        "temperature=0, top_p=0.5",
        "temperature=0, top_p=1",
        "temperature=1, top_p=0.5",
        "temperature=1, top_p=1",
    ]


def test_a_grid_of_a_million_sets_is_refused_before_one_is_made():
    with pytest.raises(InputError, match="1,000,000 parameter sets, and a comparison has at most 1,000"):
        parameter_sets([], ["temperature=0:0.999:0.001", "top_p=0.001:1:0.001"])


def test_a_grid_of_a_thousand_sets_can_run():
    assert len(parameter_sets([], ["temperature=0:0.999:0.001"])) == 1_000


@pytest.mark.parametrize("content", [f"sets: [{', '.join(['{}'] * 1_001)}]", "grid: {seed: 0:1000:1}"])
def test_a_spec_file_of_more_than_a_thousand_sets_is_refused(tmp_path, content):
    path = tmp_path / "spec.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="1,000"):
        read_spec(path)


@pytest.mark.parametrize("written", ["0.5", ".5", '"a"'])
def test_a_long_list_is_read_to_its_end(written):
    assert len(parse_values(", ".join([written] * 200_000))) == 200_000


@pytest.mark.parametrize("text", ["1:1:1e-50", "1e300:1e300:1"])
def test_a_range_of_one_value_has_one_however_small_its_step(text):
    assert len(parse_values(text)) == 1


@pytest.mark.parametrize("text", ["0:1e999999:1e-999999", "1e9999999:1e9999999:1", "sNaN:1:1", "0:1:1e-9999999"])
def test_a_range_of_numbers_beyond_all_use_is_refused(text):
    with pytest.raises(InputError, match="range"):
        parse_values(text)


def test_a_grid_takes_any_iterable_of_numbers():
    assert [each.parameters for each in grid(temperature=range(2))] == [
        GenerationParameters(temperature=0),
        GenerationParameters(temperature=1),
    ]


def test_a_spec_file_says_the_same_as_the_options(tmp_path):
    path = tmp_path / "spec.yaml"
    path.write_text(
        "prompt: What is GPU?\nrepeats: 2\nsets:\n  calm: {temperature: 0.2, stop: [END]}\ngrid:\n  top_p: 0.5:1:0.5\n",
        encoding="utf-8",
    )
    spec = read_spec(path)
    assert (spec.prompt, spec.repeats) == ("What is GPU?", 2)
    assert [each.name for each in spec.sets] == ["calm", "top_p=0.5", "top_p=1"]


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("prompt: [a", "YAML"),
        ("promt: a", "promt"),
        ("- a", "must hold keys"),
        ("repeats: many", "repeats"),
        ("sets: 5", "sets"),
        ("sets: {a: {heat: 1}}", "heat"),
        ("grid: []", "grid"),
    ],
)
def test_a_bad_spec_file_is_refused_and_the_place_is_named(tmp_path, content, named):
    path = tmp_path / "spec.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=named):
        read_spec(path)


def test_a_spec_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_spec(tmp_path / "none.yaml")
