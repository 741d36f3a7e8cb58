"""What came back for one cell of a comparison: the answer or the failure, its times, counts and measures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from nim_core.errors import KINDS, RETRIED, call_sentence

from .parameters import GenerationParameters

Status = Literal["ok", "error", "cancelled"]


@dataclass(frozen=True, slots=True)
class Timing:
    """When a call's bytes arrived, in seconds since the request was handed to the transport.

    None where undefined: without streaming only `latency_s` is known, and only of an answer that ended well.
    """

    ttft_s: float | None = None
    ttfo_s: float | None = None
    latency_s: float | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Token counts as the server reported them; None where it did not."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class TextMeasures:
    """What is counted on an answer's text once, when it is stored; nim_core.measures declares each.

    `values` holds those that are defined for the text, by the measures' keys; `repetition_unit` is what repetition
    is counted in.

    >>> counted = TextMeasures({"words": 6})
    >>> counted["words"], counted["repetition"]
    (6, None)
    """

    values: Mapping[str, int | float] = field(default_factory=dict, hash=False)
    repetition_unit: str | None = None

    def __getitem__(self, key: str) -> int | float | None:
        return self.values.get(key)


@dataclass(frozen=True, slots=True)
class Generation:
    """One answer, or one failure, as it is stored: the outcome of one cell.

    Of a failure `error` is the kind, `error_detail` the server's own wording and `error_fields` the parameters that it
    names. `error_told` is the whole sentence of a failure from a store of an earlier shape, which knows those two not.
    """

    experiment_id: str
    set: str
    repeat: int
    order: int
    endpoint: str
    model: str
    parameters: GenerationParameters
    status: Status
    started_at: str
    text: str = ""
    reasoning: str = ""
    error: str | None = None
    error_detail: str | None = None
    error_fields: tuple[str, ...] = ()
    error_told: str | None = None
    finish_reason: str | None = None
    wait_s: float = 0.0
    attempts: int = 1
    request_id: str | None = None
    timing: Timing = field(default_factory=Timing)
    usage: Usage = field(default_factory=Usage)
    measures: TextMeasures = field(default_factory=TextMeasures)

    @property
    def error_text(self) -> str | None:
        """What happened, in the English sentence of every export; None where nothing failed."""
        if self.error is None or self.error_told is not None:
            return self.error_told
        return str(call_sentence(KINDS[self.error], self.error_detail or "", self.error_fields))

    @property
    def itl_s(self) -> float | None:
        """Inter-token latency: (latency - TTFT) / (completion tokens - 1), as NVIDIA's AIPerf defines it.

        None below two tokens, without streaming, or where the server counted no tokens.
        """
        tokens, timing = self.usage.completion_tokens, self.timing
        if tokens is None or tokens < 2 or timing.ttft_s is None or timing.latency_s is None:
            return None
        return (timing.latency_s - timing.ttft_s) / (tokens - 1)

    @property
    def tokens_per_s(self) -> float | None:
        """1 / itl_s: the pace after the first token, which leaves the time to first token out."""
        return 1 / self.itl_s if self.itl_s else None

    @property
    def lasting(self) -> bool:
        """Whether a resumed run leaves it as it is: an answer, or an error that sending again does not mend."""
        return self.status == "ok" or (self.status == "error" and self.error not in (None, *RETRIED))

    @property
    def cut(self) -> bool:
        """Whether the answer was cut at max_tokens, so that its length is only a lower bound."""
        return self.finish_reason == "length"


def refused_parameters(generations: Iterable[Generation]) -> list[str]:
    """The parameters that the model refused and that were sent."""
    rows = [each for each in generations if each.error == "bad_parameter"]
    return sorted({name for row in rows for name in row.parameters.sent() if name in _named(row)})


def _named(refused: Generation) -> tuple[str, ...] | str:
    """What a refusal names; the whole sentence where an earlier shape of the store kept no more."""
    return refused.error_told or refused.error_fields
