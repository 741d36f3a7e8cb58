"""The help beside each parameter, for somebody who meets it for the first time."""

from __future__ import annotations

import pytest

from nim_core.values.parameters import FIELDS

SLIDERS = [field for field in FIELDS if field.kind == "number"]


@pytest.mark.parametrize("field", SLIDERS, ids=lambda field: field.key)
def test_beside_a_slider_stands_what_the_parameter_does_and_how_far_it_goes(app, field):
    help_ = app("chat.py").slider(key=f"parameter_{field.key}").help
    assert help_.startswith(field.help)
    assert f"{field.maximum:g}" in help_.removeprefix(field.help)
