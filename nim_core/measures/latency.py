"""Latency: when the bytes of an answer arrived.

The formulas are those of NVIDIA's AIPerf (https://github.com/ai-dynamo/aiperf). The times are stamped where the
bytes arrive and stand in experiment.Timing; experiment.Generation derives itl_s and tokens_per_s from them.
"""

from __future__ import annotations

from .declaration import Measure

TTFT = Measure(
    key="ttft_s",
    label="Time to first token",
    unit="s",
    better="lower",
    scale="log",
    decimals=3,
    family="latency",
    help="Seconds from sending the request to the first piece of text, thinking included.",
)
TTFO = Measure(
    key="ttfo_s",
    label="Time to first answer token",
    unit="s",
    better="lower",
    scale="log",
    decimals=3,
    family="latency",
    help="Seconds from sending the request to the first piece of the answer itself, after any thinking.",
)
LATENCY = Measure(
    key="latency_s",
    label="Latency",
    unit="s",
    better="lower",
    scale="log",
    decimals=3,
    family="latency",
    help="Seconds from sending the request to the last piece of text. Longer answers take longer.",
)
ITL = Measure(
    key="itl_s",
    label="Time between tokens",
    unit="s",
    better="lower",
    scale="log",
    decimals=4,
    family="latency",
    help="Seconds per token after the first: (latency - time to first token) / (tokens - 1).",
)
TOKENS_PER_S = Measure(
    key="tokens_per_s",
    label="Tokens per second",
    unit="tokens/s",
    better="higher",
    scale="log",
    decimals=1,
    family="latency",
    help="The pace once the answer has begun, 1 / time between tokens; the wait for the first token is left out.",
)
