"""What can be set on a generation: one typed value, where None means "not sent"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from nim_core.errors import InputError
from nim_core.foreign import quoted
from nim_core.words import N_

from .parameter_field import ParameterField, plain


def declared(of: ParameterField) -> Any:
    """A parameter that is not sent unless it is set, with its declaration."""
    return field(default=None, metadata={"declaration": of})


@dataclass(frozen=True, slots=True)
class GenerationParameters:
    """The parameters of one call; None is "not sent".

    temperature 0 to 2, top_p above 0 to 1, penalties -2 to 2, max_tokens from 1, stop a tuple of texts.
    Raises InputError for a value outside its range or of another type.

    >>> GenerationParameters(temperature=0.5).sent()
    {'temperature': 0.5}
    """

    temperature: float | None = declared(
        ParameterField(
            N_("Temperature"),
            N_(
                "How freely the model picks its next token. Near 0 it nearly always takes the likeliest, so answers "
                "repeat from run to run; above 1 unlikely tokens get a real chance. Example: 0.2 for facts, 0.9 for "
                "stories."
            ),
            minimum=0,
            maximum=2,
            step=0.05,
            neutral=1,
            swept=True,
            in_openai=True,
            in_langchain="temperature",
        )
    )
    top_p: float | None = declared(
        ParameterField(
            N_("Top p"),
            N_(
                "Nucleus sampling: only the likeliest tokens that together reach this probability may be picked; 1 "
                "allows all. Change this or temperature, rarely both. Example: 0.5 cuts off every unlikely token."
            ),
            minimum=0,
            maximum=1,
            step=0.05,
            minimum_excluded=True,
            neutral=1,
            swept=True,
            in_openai=True,
            in_langchain="top_p",
        )
    )
    frequency_penalty: float | None = declared(
        ParameterField(
            N_("Frequency penalty"),
            N_(
                "Lowers a token's chance each time it is used, so the more often, the lower. Negative values raise it "
                "instead. Example: 0.5 makes word-for-word loops rarer; above 1 ordinary words start to go missing."
            ),
            minimum=-2,
            maximum=2,
            step=0.1,
            neutral=0,
            swept=True,
            in_openai=True,
        )
    )
    presence_penalty: float | None = declared(
        ParameterField(
            N_("Presence penalty"),
            N_(
                "Lowers a token's chance once, as soon as it has been used at all. Negative values raise it instead. "
                "Example: 0.5 pushes the answer towards new words and new topics."
            ),
            minimum=-2,
            maximum=2,
            step=0.1,
            neutral=0,
            swept=True,
            in_openai=True,
        )
    )
    max_tokens: int | None = declared(
        ParameterField(
            N_("Max tokens"),
            N_(
                "The most tokens the answer may have. The model does not plan for it and is cut off there, even in "
                "mid-sentence. Example: 256 tokens are about 190 English words."
            ),
            kind="whole",
            minimum=1,
            maximum=1_000_000,
            step=1,
            unit=N_("tokens"),
            swept=True,
            in_openai=True,
            in_langchain="max_completion_tokens",
        )
    )
    stop: tuple[str, ...] | None = declared(
        ParameterField(
            N_("Stop sequences"),
            N_(
                "The answer ends just before any of these texts would appear. The text itself is left out. "
                "Example: a blank line as the stop sequence ends the answer after its first paragraph."
            ),
            kind="texts",
            in_openai=True,
            in_langchain="stop",
        )
    )
    seed: int | None = declared(
        ParameterField(
            N_("Seed"),
            N_(
                "The start of the random choices: with the same seed and parameters many servers give the same answer. "
                "Some hosted models refuse it. Example: send 42 twice, and see whether the answers agree."
            ),
            kind="whole",
            minimum=0,
            maximum=2**32 - 2,
            step=1,
            in_openai=True,
            in_langchain="seed",
        )
    )

    def __post_init__(self) -> None:
        for each in FIELDS:
            given = getattr(self, each.key)
            if given is not None:
                object.__setattr__(self, each.key, each.checked(given))

    def sent(self) -> dict[str, Any]:
        """The parameters that are set, by name, as plain data."""
        held = {each: getattr(self, each.key) for each in FIELDS}
        return {each.key: each.given(value) for each, value in held.items() if value is not None}

    def label(self) -> str:
        """The parameters as a set's name.

        >>> GenerationParameters(temperature=0.5, top_p=0.9).label()
        'temperature=0.5, top_p=0.9'
        """
        return ", ".join(f"{key}={plain(value)}" for key, value in self.sent().items()) or "default"


FIELDS: tuple[ParameterField, ...] = tuple(
    replace(each.metadata["declaration"], key=each.name) for each in fields(GenerationParameters)
)
"""The declarations, in the order in which parameters are shown and written."""

FIELD: dict[str, ParameterField] = {each.key: each for each in FIELDS}


def parameters_from(values: Mapping[str, object]) -> GenerationParameters:
    """Read parameters from foreign input such as a file or a table row.

    Raises InputError for an unknown name or a bad value.

    >>> parameters_from({"temperature": 0.2}).temperature
    0.2
    """
    for key in values:
        if key not in FIELD:
            raise InputError(
                N_("There is no parameter called {name}. The known ones are: {known}."),
                field=str(key),
                name=quoted(key),
                known=", ".join(FIELD),
            )
    return GenerationParameters(**values)  # type: ignore[arg-type]  # __post_init__ checks each value


def body_of(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters by name, as a request body carries them.

    >>> body_of({"temperature": 0.2, "stop": ["END"]})
    {'temperature': 0.2, 'stop': ['END']}
    """
    body: dict[str, Any] = {}
    for key, value in sent.items():
        FIELD[key].put(value, body)
    return body


STARTING = GenerationParameters(temperature=0.25, top_p=0.75, max_tokens=1025)
"""What is sent before anybody touches a parameter; penalties, stop and seed are not."""
