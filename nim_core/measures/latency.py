"""Latency: when the bytes of an answer arrived.

The formulas are those of NVIDIA's AIPerf (https://github.com/ai-dynamo/aiperf). The times are stamped where the
bytes arrive and stand in a generation's Timing; Generation derives itl_s and tokens_per_s from them. What depends on
the last bytes is known only of an answer that ended well.
"""

from __future__ import annotations

from .declaration import Family, Measure, OnCall

FAMILY = Family("latency", "Latency")

TTFT = Measure(
    key="ttft_s",
    label="Time to first token",
    unit="s",
    better="lower",
    scale="log",
    decimals=3,
    family=FAMILY,
    source=OnCall(lambda call: call.timing.ttft_s),
    higher="{set}: the first token comes {range} later than with {baseline} ({times} as long a wait).",
    lower="{set}: the first token comes {range} earlier than with {baseline} ({times} as long a wait).",
    help="Seconds from sending the request to the first piece of text, thinking included.",
    in_terminal=True,
    in_report=True,
)
TTFO = Measure(
    key="ttfo_s",
    label="Time to first answer token",
    unit="s",
    better="lower",
    scale="log",
    decimals=3,
    family=FAMILY,
    source=OnCall(lambda call: call.timing.ttfo_s),
    higher="{set}: the answer begins {range} later than with {baseline} ({times} as long a wait).",
    lower="{set}: the answer begins {range} earlier than with {baseline} ({times} as long a wait).",
    help="Seconds from sending the request to the first piece of the answer itself, after any thinking.",
)
LATENCY = Measure(
    key="latency_s",
    label="Latency",
    unit="s",
    better="lower",
    scale="log",
    decimals=3,
    family=FAMILY,
    source=OnCall(lambda call: call.timing.latency_s if call.status == "ok" else None),
    higher="{set}: the whole answer takes {range} longer than with {baseline} ({times} as long).",
    lower="{set}: the whole answer takes {range} less than with {baseline} ({times} as long).",
    help="Seconds from sending the request to the last piece of text. Longer answers take longer.",
    in_terminal=True,
    in_report=True,
)
ITL = Measure(
    key="itl_s",
    label="Time between tokens",
    unit="s",
    better="lower",
    scale="log",
    decimals=4,
    family=FAMILY,
    source=OnCall(lambda call: call.itl_s if call.status == "ok" else None),
    higher="{set}: each token takes {range} longer than with {baseline} ({times} as long).",
    lower="{set}: each token takes {range} less than with {baseline} ({times} as long).",
    help="Seconds per token after the first: (latency - time to first token) / (tokens - 1).",
)
TOKENS_PER_S = Measure(
    key="tokens_per_s",
    label="Tokens per second",
    unit="tokens/s",
    better="higher",
    scale="log",
    decimals=1,
    family=FAMILY,
    source=OnCall(lambda call: call.tokens_per_s if call.status == "ok" else None),
    higher="{set}: {range} faster than {baseline} ({times} the pace).",
    lower="{set}: {range} slower than {baseline} ({times} the pace).",
    help="The pace once the answer has begun, 1 / time between tokens; the wait for the first token is left out.",
    in_terminal=True,
    in_report=True,
)

MEASURES = (TTFT, TTFO, LATENCY, ITL, TOKENS_PER_S)
