"""A parameter's declaration: what each kind takes, how it is held, and what it gives back."""

from __future__ import annotations

import pytest

from nim_core.errors import InputError
from nim_core.values.parameter_field import ParameterField

KINDS = {
    "number": ParameterField("", "", minimum=0, maximum=1, key="it"),
    "whole": ParameterField("", "", "whole", minimum=1, maximum=9, key="it"),
    "texts": ParameterField("", "", "texts", key="it"),
    "choice": ParameterField("", "", "choice", choices=("low", "high"), key="it"),
    "switch": ParameterField("", "", "switch", key="it"),
    "json": ParameterField("", "", "json", key="it"),
}


@pytest.mark.parametrize(
    ("kind", "given", "held", "sent"),
    [
        ("number", 1, 1.0, 1.0),
        ("whole", 3.0, 3, 3),
        ("texts", "END", ("END",), ["END"]),
        ("choice", "low", "low", "low"),
        ("switch", False, False, False),
        ("json", {"a": "é"}, '{"a": "é"}', {"a": "é"}),
        ("json", ' {"a":1}', '{"a": 1}', {"a": 1}),
    ],
)
def test_a_value_is_held_in_one_form_and_sent_as_plain_data(kind, given, held, sent):
    field = KINDS[kind]
    assert field.checked(given) == held
    assert hash(field.checked(given)) == hash(field.checked(sent))
    assert field.given(field.checked(given)) == sent


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("number", True),
        ("number", 1.1),
        ("whole", 1.5),
        ("texts", [""]),
        ("choice", "middle"),
        ("choice", ["low"]),
        ("switch", 1),
        ("switch", "true"),
        ("json", "{"),
        ("json", [1]),
        ("json", {"a": float("nan")}),
        ("json", {"a": "\udcff"}),
        ("json", {"a": object()}),
        ("json", "[" * 100_000),
    ],
)
def test_a_value_of_another_type_is_refused_in_a_sentence_that_names_the_parameter(kind, given):
    with pytest.raises(InputError, match=r"^it is .*, but it must be .*\.$"):
        KINDS[kind].checked(given)
