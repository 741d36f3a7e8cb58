"""Whether a conversation still fits the model's context: what will be sent, estimated, and what to leave out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nim_core.values.dialogue import Message, said_until
from nim_core.values.experiment import Experiment
from nim_core.values.generation import Generation

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
    taken = f"About {of.used:,} of {of.context:,} tokens of context are taken, by estimate."
    if of.fits:
        return taken
    ways = ["begin a new chat"]
    if of.leave_out:
        which = "first question with its answer" if of.leave_out == 1 else f"first {of.leave_out} questions"
        ways.insert(0, f"leave out the {which} (about {of.freed:,} tokens)")
    if of.left > 100 and of.max_tokens is not None:
        ways.insert(0, f"lower max tokens to {of.left - 50:,} or less")
    allowed = f", but max tokens allows {of.max_tokens:,}" if of.max_tokens else ""
    left = f"Only {of.left:,} are left for the next question and its answer" if of.left > 0 else "Nothing is left"
    return f"{taken} {left}{allowed}. To make room, {', or '.join(ways)}."


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
