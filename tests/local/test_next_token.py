"""The table behind the picture beside temperature is the built-in model's own choice."""

from __future__ import annotations

import numpy as np
import pytest

from nim_core.local.next_token import own_logprobs
from pages.parts.drawing.distribution import chances
from tests.data.make_next_token import own_logprobs as asked

pytestmark = pytest.mark.model

# Another processor computes the model a little differently.
CLOSE = 0.03


@pytest.fixture(scope="module")
def own(address):
    """The real model's tokens with their logarithms, likeliest first."""
    return asked(address)


@pytest.mark.parametrize("temperature", [0.25, 0.7, 1.0, 1.5, 2.0])
def test_the_picture_shows_what_the_model_itself_would_do(own, temperature):
    weights = np.exp(np.array([logprob for _, logprob in own]) / temperature)
    shares = weights / weights.sum()
    shown = [each.probability for each in chances(temperature, 1)]
    assert shown == pytest.approx([*shares[:7], shares[7:].sum()], abs=CLOSE)


def test_the_named_tokens_are_the_models_likeliest(own):
    names, logprobs = own_logprobs()
    assert {token.strip() for token, _ in own[: len(names)]} == set(names)
    assert logprobs.size == len(own)
