"""The help beside each parameter, for somebody who meets it for the first time."""

from __future__ import annotations

import re

import pytest

from nim_core.values.parameters import FIELDS


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.key)
def test_the_help_of_a_parameter_is_two_sentences_and_an_example(field):
    explained, _, example = field.help.partition(" Example: ")
    assert len(re.findall(r"[.](?:\s|$)", explained)) == 2
    assert len(re.findall(r"[.](?:\s|$)", example)) == 1
