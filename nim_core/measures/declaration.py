"""What a measure says of itself; charts, tables, the terminal and the README read it here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Family = Literal["length", "latency", "repetition"]


@dataclass(frozen=True, slots=True)
class Measure:
    """The declaration of one measure.

    `key` is its column in a result, `unit` is written after a number, `better` the direction that is better
    (None for neither), `scale` the scale on which it is averaged and drawn ("log": geometric mean, ratios),
    `decimals` how many it is shown with, `help` one or two sentences for the person at the screen.
    """

    key: str
    label: str
    unit: str
    better: Literal["higher", "lower"] | None
    scale: Literal["linear", "log"]
    decimals: int
    family: Family
    help: str

    @property
    def title(self) -> str:
        """The label with its unit, as an axis or a column is headed."""
        return self.label if self.unit == self.label.lower() else f"{self.label} ({self.unit})"
