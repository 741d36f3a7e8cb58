"""The built-in model is neutral: what is not sent does nothing, and what is sent works in one fixed order."""

from __future__ import annotations

import json
import math
import struct
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nim_core.local.server import Address, LocalServer
from nim_core.settings import Settings

pytestmark = pytest.mark.model

VOCABULARY = 49_152
PROMPT = "Name one colour."
# Its first words lie far further back than the 64 tokens that llama.cpp looks at by default.
LONG_PROMPT = "Violet umbrellas. " + "The boat went on over the water. " * 25 + PROMPT


@pytest.fixture(scope="module")
def own(address: Address) -> dict[int, float]:
    """The model's own logarithms of probability for the first token after PROMPT, by token id."""
    first_token(address, PROMPT)  # the numbers of a prompt that is read anew differ a little from those of a kept one
    return {each["id"]: each["logprob"] for each in first_token(address, PROMPT)["top_logprobs"]}


@pytest.fixture(scope="module")
def unpenalised(address: Address) -> dict[int, float]:
    """What the first token after LONG_PROMPT is drawn from where nothing is sent."""
    return after_long_prompt(address)


def post(address: Address, path: str, body: dict[str, Any]) -> Any:
    """The server's answer to one request."""
    request = urllib.request.Request(
        f"{address.url}{path}",
        json.dumps(body).encode(),
        {"Authorization": f"Bearer {address.key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as reply:
        return json.load(reply)


def text(address: Address, prompt: str, **parameters: Any) -> str:
    """An answer."""
    body = {"messages": [{"role": "user", "content": prompt}], **parameters}
    return post(address, "/chat/completions", body)["choices"][0]["message"]["content"]


def first_token(address: Address, prompt: str, **parameters: Any) -> dict[str, Any]:
    body = {"messages": [{"role": "user", "content": prompt}], "max_tokens": 1, "logprobs": True, **parameters}
    reply = post(address, "/chat/completions", {**body, "top_logprobs": VOCABULARY})
    return reply["choices"][0]["logprobs"]["content"][0]


def drawn_from(address: Address, prompt: str = PROMPT, **parameters: Any) -> dict[int, float]:
    """The probabilities, by token id, from which the first token is really drawn."""
    entry = first_token(address, prompt, post_sampling_probs=True, **parameters)
    return {each["id"]: each["prob"] for each in entry["top_probs"]}


def after_long_prompt(address: Address, **penalty: float) -> dict[int, float]:
    """What the first token after LONG_PROMPT is drawn from."""
    # A prompt that is read anew gives slightly other numbers than one of which the server keeps a part.
    return drawn_from(address, LONG_PROMPT, cache_prompt=False, **penalty)


def expected(
    own: dict[int, float], temperature: float = 1.0, top_p: float = 1.0, top_k: int = VOCABULARY, min_p: float = 0.0
) -> dict[int, float]:
    """Temperature, then min p, then top k, then top p over what is left, scaled to 1."""
    ids = np.array(sorted(own, key=lambda each: -own[each]))
    scores = np.array([own[each] for each in ids]) / temperature
    weights = np.exp(scores - scores[0])
    weights = weights[weights >= min_p][:top_k]
    if top_p < 1:
        weights = weights[np.cumsum(weights) - weights < top_p * weights.sum()]
    return dict(zip(ids.tolist(), (weights / weights.sum()).tolist(), strict=False))


def penalised(before: dict[int, float], after: dict[int, float]) -> dict[int, float]:
    """By how much the score of each token fell, for those whose score changed."""
    raised = max(after[each] / before[each] for each in before)
    falls = {each: -math.log(after[each] / before[each] / raised) for each in before}
    return {each: fall for each, fall in falls.items() if abs(fall) > 0.01}


def prompt_tokens(address: Address) -> Counter[int]:
    """How often each token stands in LONG_PROMPT as the model reads it."""
    messages = [{"role": "user", "content": LONG_PROMPT}]
    root = Address(address.url.removesuffix("/v1"), address.key)
    rendered = post(root, "/apply-template", {"messages": messages})["prompt"]
    tokens = post(root, "/tokenize", {"content": rendered, "parse_special": True})["tokens"]
    assert len(tokens) > 200
    return Counter(tokens)


def write_with_sampling(source: Path, path: Path) -> None:
    """A copy of a GGUF file that asks for top_k 5, as llama.cpp reads it from "general.sampling.top_k"."""
    content = source.read_bytes()
    magic, version, tensors, entries = struct.unpack_from("<4sIQQ", content)
    name, filler = b"general.sampling.top_k", b"filler"
    more = struct.pack(f"<Q{len(name)}sIi", len(name), name, 5, 5)
    # The tensors begin at multiples of 32 bytes: what is put before them must keep them there.
    space = -(len(more) + 8 + len(filler) + 4 + 8) % 32
    more += struct.pack(f"<Q{len(filler)}sIQ{space}s", len(filler), filler, 8, space, b" " * space)
    path.write_bytes(struct.pack("<4sIQQ", magic, version, tensors, entries + 2) + more + content[24:])


def test_with_nothing_sent_every_token_may_be_drawn_with_the_models_own_probability(address, own):
    found = drawn_from(address)
    assert len(found) == VOCABULARY
    assert all(found[each] == pytest.approx(math.exp(own[each]), rel=0.01) for each in own)


@pytest.mark.parametrize(
    "sent",
    [
        {"temperature": 2},
        {"temperature": 0.7},
        {"temperature": 2, "top_p": 0.9},
        {"temperature": 0.7, "min_p": 0.1},
        {"temperature": 1.5, "top_k": 20},
        {"temperature": 1.5, "top_k": 20, "top_p": 0.7},
        {"temperature": 2, "top_p": 0.8, "min_p": 0.05},
        {"temperature": 2, "top_p": 0.8, "top_k": 200, "min_p": 0.05},
    ],
    ids=str,
)
def test_temperature_comes_first_then_min_p_then_top_k_then_top_p_over_what_is_left(address, own, sent):
    should, found = expected(own, **sent), drawn_from(address, **sent)
    # The server adds up in single precision: far out in the tail its cut lies a few tokens beside ours.
    assert len(found) == pytest.approx(len(should), rel=0.001)
    common = should.keys() & found.keys()
    assert len(common) >= 0.999 * len(should)
    assert all(found[each] == pytest.approx(should[each], rel=0.01) for each in common)


def test_temperature_two_leaves_the_likeliest_little(address):
    assert max(drawn_from(address, temperature=2).values()) < 0.02


def test_temperature_zero_leaves_the_likeliest_alone(address, own):
    assert drawn_from(address, temperature=0) == {max(own, key=own.__getitem__): 1.0}


def test_a_presence_penalty_meets_each_token_of_the_whole_prompt_once(address, unpenalised):
    counts = prompt_tokens(address)
    fallen = penalised(unpenalised, after_long_prompt(address, presence_penalty=0.5))
    assert fallen == pytest.approx(dict.fromkeys(counts, 0.5), abs=0.01)


def test_a_frequency_penalty_meets_each_token_of_the_whole_prompt_as_often_as_it_stands_there(address, unpenalised):
    counts = prompt_tokens(address)
    fallen = penalised(unpenalised, after_long_prompt(address, frequency_penalty=0.02))
    assert fallen == pytest.approx({each: 0.02 * count for each, count in counts.items()}, abs=0.01)


def test_a_repetition_penalty_meets_each_token_of_the_whole_prompt(address, unpenalised):
    fallen = penalised(unpenalised, after_long_prompt(address, repeat_penalty=1.2))
    assert fallen.keys() == prompt_tokens(address).keys()


@pytest.mark.parametrize(
    "penalty", [{"frequency_penalty": 1.0}, {"presence_penalty": 1.0}, {"repeat_penalty": 1.3}], ids=str
)
def test_each_penalty_changes_a_text(address, penalty):
    asked = "Write a poem about the sea."
    assert text(address, asked, temperature=0, max_tokens=60, **penalty) != text(
        address, asked, temperature=0, max_tokens=60
    )


def test_one_seed_gives_one_text_at_a_high_temperature_too(address):
    assert len({text(address, PROMPT, temperature=1.5, max_tokens=40, seed=3) for _ in range(3)}) == 1


def test_a_model_file_with_sampling_of_its_own_is_neutral_too(weights, tmp_path):
    path = tmp_path / "opinionated.gguf"
    write_with_sampling(weights, path)
    server = LocalServer(Settings(gguf=path))
    try:
        assert len(drawn_from(server.ensure(lambda _progress: None))) == VOCABULARY
    finally:
        server.close()
