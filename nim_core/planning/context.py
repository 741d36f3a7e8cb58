"""Whether a conversation still fits the model's context: what will be sent, estimated, and what to leave out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nim_core.values.dialogue import Message, said_until
from nim_core.values.experiment import Experiment
from nim_core.values.generation import Generation
from nim_core.words import _, _n

TOKENS_PER_MESSAGE = 4
"""What a chat template adds to each message, roughly."""


@dataclass(frozen=True, slots=True)
class Room:
    """How full the context is before the next question, in tokens; `used` is an estimate.

    `max_tokens` is what the answer may take, None when it is not sent. `leave_out` is how many of the
    oldest questions, each with its answer, would have to go to make room, and `freed` what they take.
    """

    context: int
    used: int
    max_tokens: int | None
    leave_out: int = 0
    freed: int = 0

    @property
    def left(self) -> int:
        """What remains for the question and its answer."""
        return self.context - self.used

    @property
    def fits(self) -> bool:
        """Whether the answer may be as long as max tokens allows."""
        return self.left > (self.max_tokens or 0)


def about_tokens(text: str) -> int:
    """A guess at a text's tokens: four ASCII characters make one, any other character is one.

    >>> about_tokens("What is a GPU?"), about_tokens("안녕하세요")
    (4, 5)
    """
    ascii_ = len(text.encode("ascii", "ignore"))
    return -(-ascii_ // 4) + len(text) - ascii_


def room(context: int, last: Experiment, answer: Generation | None, max_tokens: int | None) -> Room:
    """The room after a turn: the server's own count of its prompt where it gave one, else a guess."""
    messages = said_until(last.messages, answer.text if answer else None)
    told = answer.usage.prompt_tokens if answer else None
    if told is not None and answer and answer.text:
        used = told + TOKENS_PER_MESSAGE + about_tokens(answer.text)
    else:
        used = sum(map(_about, messages)) + (about_tokens(last.system) if last.system else 0)
    leave_out, freed = _oldest(messages, used + (max_tokens or 0) + 1 - context)
    return Room(context, used, max_tokens, leave_out, freed)


def sentence(of: Room) -> str:
    """How full the context is, and what to do when the answer may not fit.

    >>> sentence(Room(context=2048, used=300, max_tokens=1025))
    'About 300 of 2,048 tokens of context are taken, by estimate.'
    """
    taken = _("About {used} of {context} tokens of context are taken, by estimate.", used=of.used, context=of.context)
    return taken if of.fits else f"{taken} {_what_is_left(of)} {_ways_to_make_room(of)}"


def _what_is_left(of: Room) -> str:
    if of.left > 0:
        return _(
            "Only {left} are left for the next question and its answer, but max tokens allows {max_tokens}.",
            left=of.left,
            max_tokens=of.max_tokens,
        )
    if of.max_tokens:
        return _("Nothing is left, but max tokens allows {max_tokens}.", max_tokens=of.max_tokens)
    return _("Nothing is left.")


def _ways_to_make_room(of: Room) -> str:
    most = of.left - 50 if of.left > 100 else None
    if not of.leave_out and most is None:
        return _("To make room, begin a new chat.")
    if not of.leave_out:
        return _("To make room, lower max tokens to {most} or less, or begin a new chat.", most=most)
    if most is None:
        return _n(
            "To make room, leave out the first question with its answer (about {freed} tokens), or begin a new chat.",
            "To make room, leave out the first {count} questions (about {freed} tokens), or begin a new chat.",
            of.leave_out,
            freed=of.freed,
        )
    return _n(
        "To make room, lower max tokens to {most} or less, or leave out the first question with its answer "
        "(about {freed} tokens), or begin a new chat.",
        "To make room, lower max tokens to {most} or less, or leave out the first {count} questions "
        "(about {freed} tokens), or begin a new chat.",
        of.leave_out,
        most=most,
        freed=of.freed,
    )


def _about(message: Message) -> int:
    return TOKENS_PER_MESSAGE + about_tokens(message.content)


def _oldest(messages: Sequence[Message], too_many: int) -> tuple[int, int]:
    """How many of the oldest pairs hold so many tokens, and how many they hold."""
    pairs = freed = 0
    for question, answer in zip(messages[::2], messages[1::2], strict=True):
        if freed >= too_many:
            break
        pairs, freed = pairs + 1, freed + _about(question) + _about(answer)
    return pairs, freed
