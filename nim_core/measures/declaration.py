"""What a measure says of itself; columns, tables, charts, sentences, exports and the history read it here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from nim_core.values.generation import Generation
from nim_core.words import said

from .cut_text import CutText


@dataclass(frozen=True, slots=True)
class Family:
    """Measures that are shown together: a tab of the dashboard, a table of the report.

    `grows` says that its measures grow with the answer: those of an answer cut at max_tokens are lower bounds
    only and are left out of means.
    """

    key: str
    title: str
    grows: bool = False


@dataclass(frozen=True, slots=True)
class OnText:
    """Counted on the text of an answer, once, when it is stored; None where undefined."""

    count: Callable[[CutText], float | None]


@dataclass(frozen=True, slots=True)
class OnCall:
    """Read from the times and counts of a call whenever it is asked for; None where undefined."""

    read: Callable[[Generation], float | None]


@dataclass(frozen=True, slots=True)
class OnPair:
    """Held between two answers of one set; None where either has none. A single answer has no value."""

    compare: Callable[[str | None, str | None], float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """The declaration of one measure.

    `key` is its column in a result, `unit` is written after a number, `one` after a single one of what is counted
    in whole numbers. `better` is the direction that is better (None for neither), `scale` the scale on which it is
    averaged and drawn ("log": geometric mean, ratios), `decimals` how many it is shown with. `share` says that it is
    itself a share from 0 to 1, which is told in percent. `units` gives the unit for each repetition_unit, where it
    is counted in words or in characters, depending on the script. `higher` and `lower` are the sentences for a clear
    difference, with {set}, {baseline}, {range} and on the log scale {times}. `help` is one or two sentences for the
    person at the screen. Each measure stands in its family's tab and table; in the terminal's closing table and
    among the charts of a report only where it says so.
    """

    key: str
    label: str
    unit: str
    one: str | None = None
    better: Literal["higher", "lower"] | None
    scale: Literal["linear", "log"]
    decimals: int
    share: bool = False
    units: Mapping[str, str] = field(default_factory=dict, hash=False)
    family: Family
    source: OnText | OnCall | OnPair
    higher: str
    lower: str
    help: str
    in_terminal: bool = False
    in_report: bool = False

    @property
    def title(self) -> str:
        """The label with its unit, as an axis or a column is headed, in the present language."""
        return said(self.label) if self.unit == self.label.lower() else f"{said(self.label)} ({said(self.unit)})"

    @property
    def whole(self) -> bool:
        """Whether its values are whole numbers."""
        return self.one is not None

    def of(self, generation: Generation) -> float | None:
        """Its value for a generation, None where unknown or undefined."""
        match self.source:
            case OnCall(read):
                return read(generation)
            case OnText():
                return generation.measures[self.key]
            case OnPair():
                return None
