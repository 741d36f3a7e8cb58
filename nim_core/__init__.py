"""See what generation parameters do to a language model: one prompt, several parameter sets, several repeats.

from nim_core import compare, grid, GenerationParameters
frame = compare("What is GPU?", grid(temperature=[0, 0.5, 1.0]), repeats=5)  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .analysis.findings import findings as findings
    from .charts import chart as chart
    from .comparison import compare as compare
    from .errors import CallError as CallError
    from .errors import InputError as InputError
    from .errors import LocalModelError as LocalModelError
    from .errors import NimLabError as NimLabError
    from .errors import StoreError as StoreError
    from .values.parameters import GenerationParameters as GenerationParameters
    from .values.sets import ParameterSet as ParameterSet
    from .values.sets import grid as grid

__version__ = "0.1.0"

_HOMES = {
    "compare": "comparison",
    "findings": "analysis.findings",
    "chart": "charts",
    "grid": "values.sets",
    "GenerationParameters": "values.parameters",
    "ParameterSet": "values.sets",
    "NimLabError": "errors",
    "InputError": "errors",
    "CallError": "errors",
    "LocalModelError": "errors",
    "StoreError": "errors",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for, so that `import nim_core` stays light."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value
