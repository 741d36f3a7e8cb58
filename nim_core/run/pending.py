"""The cells of a run that are still worth sending."""

from __future__ import annotations

from collections.abc import Sequence

from nim_core.errors import CallError
from nim_core.values.experiment import Cell, Experiment


class Pending:
    """Gives out the cells of an experiment one by one, but none that must meet a refusal which another has met.

    `halt` is the failure after which nothing more is sent, None while there is none.
    """

    def __init__(self, experiment: Experiment) -> None:
        self.halt: CallError | None = None
        self._experiment = experiment
        self._cells: list[Cell] = []
        self._barred: list[tuple[CallError, Cell]] = []
        self._closed = False

    def __len__(self) -> int:
        return len(self._cells)

    @property
    def refusal(self) -> CallError | None:
        """The failure for which cells were left out, the one that ends the run before others."""
        return self.halt or next((error for error, _ in self._barred), None)

    def fill(self, cells: Sequence[Cell]) -> None:
        """Take the cells, in the order of sending."""
        self._cells = list(cells)

    def close(self) -> None:
        """Give out nothing more."""
        self._closed = True

    def next(self) -> Cell | None:
        """The next cell to send, None when there is no more."""
        while self._cells and not (self._closed or self.halt):
            cell = self._cells.pop(0)
            if not any(self._like(cell, barred, error) for error, barred in self._barred):
                return cell
        return None

    def judge(self, cell: Cell, error: CallError) -> None:
        """Decide from a cell's final failure what is still worth sending."""
        if error.kind.key == "bad_parameter":
            self._barred.append((error, cell))
        elif error.kind.ends_run or error.kind.key == "rate_limited":
            self.halt = error

    def _like(self, cell: Cell, barred: Cell, error: CallError) -> bool:
        """Whether a cell must meet the refusal that another cell met: it sends the same refused values."""
        mine, theirs = (self._experiment.parameters_of(each).sent() for each in (cell, barred))
        fields = [field for field in error.fields if field in theirs]
        if not fields:
            return cell.set == barred.set
        return all(field in mine and (field == "seed" or mine[field] == theirs[field]) for field in fields)
