"""The shipped table of facts about hosted models: nim_core/data/models.csv, each row with its date and source."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TABLE = Path(__file__).parent.parent / "data" / "models.csv"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the table knows of a model of the hosted catalog; None where it knows nothing.

    `context` and `max_tokens_max` are in tokens, `size_b` in billions of parameters; `penalties`, `seed`
    and `stop` say whether the model's schema names them. `thinking` is how thinking is switched,
    `retired_on` a date, `date` (YYYY-MM) and `source` when and where the row was read.
    """

    model: str
    date: str
    source: str
    context: int | None = None
    size_b: float | None = None
    temperature_default: float | None = None
    temperature_min: float | None = None
    temperature_max: float | None = None
    top_p_default: float | None = None
    max_tokens_default: int | None = None
    max_tokens_max: int | None = None
    penalties: bool | None = None
    seed: bool | None = None
    stop: bool | None = None
    thinking: str | None = None
    retired_on: str | None = None


def facts_of(model_id: str) -> Facts | None:
    """The table's row for a model, None when it has none.

    >>> facts_of("meta/llama-3.2-1b-instruct").temperature_max
    1.0
    """
    return shipped_facts().get(model_id)


@cache
def shipped_facts() -> Mapping[str, Facts]:
    """The whole table by model id, in its order."""
    with TABLE.open(newline="", encoding="utf-8") as file:
        return {row["model"]: _read(row) for row in csv.DictReader(file)}


def _read(row: dict[str, str]) -> Facts:
    return Facts(
        model=row["model"],
        date=row["date"],
        source=row["source"],
        context=_whole(row["context"]),
        size_b=_number(row["size_b"]),
        temperature_default=_number(row["temperature_default"]),
        temperature_min=_number(row["temperature_min"]),
        temperature_max=_number(row["temperature_max"]),
        top_p_default=_number(row["top_p_default"]),
        max_tokens_default=_whole(row["max_tokens_default"]),
        max_tokens_max=_whole(row["max_tokens_max"]),
        penalties=_yes(row["penalties"]),
        seed=_yes(row["seed"]),
        stop=_yes(row["stop"]),
        thinking=row["thinking"] or None,
        retired_on=row["retired_on"] or None,
    )


def _number(cell: str) -> float | None:
    return float(cell) if cell else None


def _whole(cell: str) -> int | None:
    return int(cell) if cell else None


def _yes(cell: str) -> bool | None:
    return cell == "yes" if cell else None
