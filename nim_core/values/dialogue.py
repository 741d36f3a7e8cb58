"""What is said to a model and by it: messages, and what of them goes on to the next question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from nim_core.errors import InputError
from nim_core.foreign import is_text, quoted
from nim_core.words import N_, Sentence

MAX_PROMPT_CHARACTERS = 100_000

Role = Literal["system", "user", "assistant"]

# For each role: the field of the input, what a person calls it, and what to do when it is too long.
_PLACES: dict[Role, tuple[str, str, str]] = {
    "system": ("system", N_("The system prompt"), N_("Shorten it.")),
    "user": ("prompt", N_("The prompt"), N_("Shorten it.")),
    "assistant": (
        "conversation",
        N_("An earlier answer"),
        N_("Start a new chat, or go back to a turn before that answer."),
    ),
}


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation."""

    role: Role
    content: str


def instruction(system: str | None) -> tuple[Message, ...]:
    """The message of a system prompt, none for a blank one."""
    if system is None or (isinstance(system, str) and not system.strip()):
        return ()
    return (Message("system", system),)


def said_before(messages: Sequence[Message]) -> tuple[Message, ...]:
    """What a turn's messages hold before its question, without the system prompt.

    >>> said_before((Message("system", "Be brief."), Message("user", "Hi")))
    ()
    """
    return tuple(message for message in messages if message.role != "system")[:-1]


def said_until(messages: Sequence[Message], answer: str | None) -> tuple[Message, ...]:
    """What a turn leaves to be sent before the next question; a question without an answer is left out.

    >>> [message.content for message in said_until((Message("user", "Hi"),), "Hello.")]
    ['Hi', 'Hello.']
    """
    if not answer:
        return said_before(messages)
    return (*said_before(messages), messages[-1], Message("assistant", answer))


def check_messages(messages: Sequence[Message]) -> None:
    """Raise InputError for a message that cannot be sent, and when there is nothing to ask."""
    for message in messages:
        _check_text(message.role, message.content)
    users = [message for message in messages if message.role == "user"]
    if not users or not users[-1].content.strip():
        raise InputError(N_("The prompt is empty; write what to ask the model."), field="prompt")
    for message in messages:
        field, where, instead = _PLACES[message.role]
        if len(message.content) > MAX_PROMPT_CHARACTERS:
            raise InputError(
                N_("{where} has {characters} characters; at most {most} can be sent. {instead}"),
                field=field,
                where=Sentence(where),
                characters=len(message.content),
                most=MAX_PROMPT_CHARACTERS,
                instead=Sentence(instead),
            )
        if not is_text(message.content):
            raise InputError(
                N_("{where} holds broken characters; save it as UTF-8 and try again."),
                field=field,
                where=Sentence(where),
            )


def _check_text(role: Role, value: object) -> None:
    if not isinstance(value, str):
        field, where, _instead = _PLACES[role]
        raise InputError(
            N_("{where} is {given}, but it must be one text."), field=field, where=Sentence(where), given=quoted(value)
        )
