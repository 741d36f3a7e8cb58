"""Latency: when the bytes of an answer arrived.

The formulas are those of NVIDIA's AIPerf (https://github.com/ai-dynamo/aiperf). The times are stamped where the
bytes arrive and stand in a generation's Timing; Generation derives itl_s and tokens_per_s from them. What depends on
the last bytes is known only of an answer that ended well.
"""

from __future__ import annotations

from nim_core.words import N_

from .declaration import Family, Measure, OnCall

FAMILY = Family("latency", N_("Latency"))

TTFT = Measure(
    key="ttft_s",
    label=N_("Time to first token"),
    unit=N_("s"),
    better="lower",
    scale="log",
    decimals=3,
    family=FAMILY,
    source=OnCall(lambda call: call.timing.ttft_s),
    higher=N_("{set}: the first token comes {range} later than with {baseline} ({times} as long a wait)."),
    lower=N_("{set}: the first token comes {range} earlier than with {baseline} ({times} as long a wait)."),
    help=N_("Seconds from sending the request to the first piece of text, thinking included."),
    in_terminal=True,
    in_report=True,
)
TTFO = Measure(
    key="ttfo_s",
    label=N_("Time to first answer token"),
    unit=N_("s"),
    better="lower",
    scale="log",
    decimals=3,
    family=FAMILY,
    source=OnCall(lambda call: call.timing.ttfo_s),
    higher=N_("{set}: the answer begins {range} later than with {baseline} ({times} as long a wait)."),
    lower=N_("{set}: the answer begins {range} earlier than with {baseline} ({times} as long a wait)."),
    help=N_("Seconds from sending the request to the first piece of the answer itself, after any thinking."),
)
LATENCY = Measure(
    key="latency_s",
    label=N_("Latency"),
    unit=N_("s"),
    better="lower",
    scale="log",
    decimals=3,
    family=FAMILY,
    source=OnCall(lambda call: call.timing.latency_s if call.status == "ok" else None),
    higher=N_("{set}: the whole answer takes {range} longer than with {baseline} ({times} as long)."),
    lower=N_("{set}: the whole answer takes {range} less than with {baseline} ({times} as long)."),
    help=N_("Seconds from sending the request to the last piece of text. Longer answers take longer."),
    in_terminal=True,
    in_report=True,
)
ITL = Measure(
    key="itl_s",
    label=N_("Time between tokens"),
    unit=N_("s"),
    better="lower",
    scale="log",
    decimals=4,
    family=FAMILY,
    source=OnCall(lambda call: call.itl_s if call.status == "ok" else None),
    higher=N_("{set}: each token takes {range} longer than with {baseline} ({times} as long)."),
    lower=N_("{set}: each token takes {range} less than with {baseline} ({times} as long)."),
    help=N_("Seconds per token after the first: (latency - time to first token) / (tokens - 1)."),
)
TOKENS_PER_S = Measure(
    key="tokens_per_s",
    label=N_("Tokens per second"),
    unit=N_("tokens/s"),
    better="higher",
    scale="log",
    decimals=1,
    family=FAMILY,
    source=OnCall(lambda call: call.tokens_per_s if call.status == "ok" else None),
    higher=N_("{set}: {range} faster than {baseline} ({times} the pace)."),
    lower=N_("{set}: {range} slower than {baseline} ({times} the pace)."),
    help=N_("The pace once the answer has begun, 1 / time between tokens; the wait for the first token is left out."),
    in_terminal=True,
    in_report=True,
)

MEASURES = (TTFT, TTFO, LATENCY, ITL, TOKENS_PER_S)
