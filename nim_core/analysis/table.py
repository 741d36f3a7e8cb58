"""Generations as a table: one row a generation, the columns of the contract."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from nim_core.measures import MEASURES, Measure, latency, length, of_family, repetition
from nim_core.values.generation import Generation
from nim_core.values.parameter_field import Kind
from nim_core.values.parameters import FIELDS

if TYPE_CHECKING:
    import pandas

_OF_KIND: dict[Kind, str] = {
    "number": "Float64",
    "whole": "Int64",
    "texts": "object",
    "choice": "string",
    "switch": "boolean",
    "json": "string",
}
"""The dtype of a parameter's column by its kind."""

_LENGTHS = of_family(length.FAMILY)
_LATENCIES = of_family(latency.FAMILY)
_OTHERS = tuple(measure for measure in MEASURES if measure.family not in (length.FAMILY, latency.FAMILY))


def _typed(measures: Iterable[Measure]) -> dict[str, str]:
    return {measure.key: "Int64" if measure.whole else "Float64" for measure in measures}


# Each family's measures stand together; completion_tokens and repetition, named before them, keep that place.
_DTYPES = {
    "experiment_id": "string",
    "set": "string",
    "repeat": "Int64",
    "order": "Int64",
    "endpoint": "string",
    "model": "string",
    **{field.key: _OF_KIND[field.kind] for field in FIELDS},
    "status": "string",
    "error": "string",
    "error_text": "string",
    "finish_reason": "string",
    "text": "string",
    "reasoning": "string",
    "prompt_tokens": "Int64",
    "completion_tokens": "Int64",
    "tokens_from": "string",
    **_typed(_LENGTHS),
    "started_at": "string",
    "wait_s": "Float64",
    "attempts": "Int64",
    **_typed(_LATENCIES),
    **_typed([repetition.REPETITION]),
    "repetition_unit": "string",
    **_typed(_OTHERS),
    "request_id": "string",
}
COLUMNS: tuple[str, ...] = tuple(_DTYPES)


def row(generation: Generation) -> dict[str, object]:
    """A generation as one row: its columns in order, None for unknown, stop as a tuple of texts, JSON as its text."""
    sent, usage = generation.parameters, generation.usage
    ok = generation.status == "ok"
    counted = usage.completion_tokens is not None or usage.prompt_tokens is not None
    return {
        "experiment_id": generation.experiment_id,
        "set": generation.set,
        "repeat": generation.repeat,
        "order": generation.order,
        "endpoint": generation.endpoint,
        "model": generation.model,
        **{field.key: getattr(sent, field.key) for field in FIELDS},
        "status": generation.status,
        "error": generation.error,
        "error_text": generation.error_text,
        "finish_reason": generation.finish_reason,
        "text": generation.text if ok else generation.text or None,
        "reasoning": generation.reasoning or None,
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "tokens_from": "server" if counted else "none",
        **_values(_LENGTHS, generation),
        "started_at": generation.started_at,
        "wait_s": generation.wait_s,
        "attempts": generation.attempts,
        **_values(_LATENCIES, generation),
        **_values([repetition.REPETITION], generation),
        "repetition_unit": generation.measures.repetition_unit,
        **_values(_OTHERS, generation),
        "request_id": generation.request_id,
    }


def _values(measures: Iterable[Measure], generation: Generation) -> dict[str, float | None]:
    return {measure.key: measure.of(generation) for measure in measures}


def frame(generations: Iterable[Generation]) -> pandas.DataFrame:
    """Generations as a DataFrame: the columns in order and typed even when there is no row; pandas.NA for unknown.

    Numbers are Float64 or Int64, texts are strings, stop holds tuples.

    >>> list(frame([]).columns) == list(COLUMNS)
    True
    """
    import pandas as pd

    rows = [row(generation) for generation in generations]
    # Python storage, since Arrow refuses the lone surrogates that broken servers send.
    text = pd.StringDtype("python")
    columns: dict[str, object] = {}
    for name, dtype in _DTYPES.items():
        values = [each[name] for each in rows]
        columns[name] = pd.Series(values, dtype=text if dtype == "string" else dtype)
    return pd.DataFrame(columns)
