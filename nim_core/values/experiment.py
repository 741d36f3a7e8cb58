"""What a comparison asks (Experiment), and in which order (Cell)."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace

from nim_core.errors import InputError
from nim_core.foreign import is_text, quoted
from nim_core.words import N_

from .clock import utc_now
from .dialogue import Message, check_messages, instruction
from .generation import Generation
from .parameters import GenerationParameters
from .sets import ParameterSet, check_count

MAX_REPEATS = 1_000
MAX_CONCURRENCY = 256
MAX_SEED = 2**32 - 2

_ONE_ENDPOINT = N_("The endpoint is {given}, but it must be one name. To try several, run a comparison for each.")
_ONE_MODEL = N_("The model is {given}, but it must be one name. To try several, run a comparison for each.")


@dataclass(frozen=True, slots=True)
class Cell:
    """One generation to make: the set's name and the repeat, counted from 1."""

    set: str
    repeat: int


@dataclass(frozen=True, slots=True)
class Experiment:
    """One prompt, several parameter sets, several repeats, and where and how to send them.

    `endpoint` is "local", "nvidia" or a base URL. `seed` is the seed of repeat 1, None to send none.
    `order_seed` shuffles the order inside each round. `rpm` is requests a minute, None for no limit.
    `conversation` marks a chat turn, `trial` a call that only tries a key or a model: it is sent once and kept
    nowhere but in the meter. Raises InputError when it cannot be sent.
    """

    id: str
    created_at: str
    endpoint: str
    model: str
    messages: tuple[Message, ...]
    sets: tuple[ParameterSet, ...]
    repeats: int = 3
    seed: int | None = None
    order_seed: int = 0
    concurrency: int = 1
    rpm: float | None = None
    warmup: int = 1
    stream: bool = True
    conversation: str | None = None
    trial: bool = False

    def __post_init__(self) -> None:
        _check_name("endpoint", self.endpoint, _ONE_ENDPOINT)
        _check_name("model", self.model, _ONE_MODEL)
        check_messages(self.messages)
        _check_sets(self.sets, self.seed)
        _check_whole("repeats", self.repeats, 1, MAX_REPEATS)
        _check_whole("concurrency", self.concurrency, 1, MAX_CONCURRENCY)
        _check_whole("warmup", self.warmup, 0, 100)
        if self.seed is not None:
            _check_whole("seed", self.seed, 0, MAX_SEED - self.repeats)
        _check_rpm(self.rpm)
        if not isinstance(self.stream, bool):
            raise InputError(
                N_("stream is {given}, but it must be True or False."), field="stream", given=quoted(self.stream)
            )

    @property
    def rounds_left(self) -> int:
        """How many rounds can still be added."""
        by_seed = MAX_REPEATS if self.seed is None else MAX_SEED - self.seed
        return min(MAX_REPEATS, by_seed) - self.repeats

    @property
    def prompt(self) -> str:
        """The text of the last user message."""
        return next(message.content for message in reversed(self.messages) if message.role == "user")

    @property
    def system(self) -> str | None:
        """The text of the system message, if there is one."""
        return next((message.content for message in self.messages if message.role == "system"), None)

    def parameters_of(self, cell: Cell) -> GenerationParameters:
        """What is sent for a cell: its set's parameters, with the repeat's own seed where seeds are set."""
        parameters = next(each.parameters for each in self.sets if each.name == cell.set)
        return parameters if self.seed is None else replace(parameters, seed=self.seed + cell.repeat - 1)

    def plan(self) -> list[Cell]:
        """All cells in the order in which they are sent: each round runs every set once, shuffled.

        The order of a round depends on `order_seed` and the round alone, so that added rounds leave
        earlier ones as they were.
        """
        cells = []
        for repeat in range(1, self.repeats + 1):
            round_ = [Cell(each.name, repeat) for each in self.sets]
            random.Random(f"{self.order_seed}/{repeat}").shuffle(round_)
            cells += round_
        return cells

    def missing(self, done: Iterable[Generation]) -> list[Cell]:
        """The cells that a resumed run sends: those without a lasting result, in the order of the plan."""
        lasting = {Cell(each.set, each.repeat) for each in done if each.lasting}
        return [cell for cell in self.plan() if cell not in lasting]


def new_experiment(
    prompt: str,
    sets: Iterable[ParameterSet],
    *,
    endpoint: str,
    model: str,
    system: str | None = None,
    repeats: int = 3,
    seed: int | None = None,
    concurrency: int = 1,
    rpm: float | None = None,
    warmup: int = 1,
    stream: bool = True,
) -> Experiment:
    """A comparison with a fresh id, creation time and order seed. Raises InputError beyond MAX_SETS sets too."""
    sets = tuple(sets) if isinstance(sets, Iterable) else (sets,)
    check_count(len(sets))  # not in Experiment: larger ones that were kept in earlier times can still be read
    return Experiment(
        id=uuid.uuid4().hex,
        created_at=utc_now(),
        endpoint=endpoint,
        model=model,
        messages=(*instruction(system), Message("user", prompt)),
        sets=sets,
        repeats=repeats,
        seed=seed,
        order_seed=random.randrange(2**31),
        concurrency=concurrency,
        rpm=rpm,
        warmup=warmup,
        stream=stream,
    )


def new_turn(
    prompt: str,
    parameters: GenerationParameters,
    *,
    endpoint: str,
    model: str,
    system: str | None = None,
    earlier: Iterable[Message] = (),
    conversation: str | None = None,
    rpm: float | None = None,
    stream: bool = True,
) -> Experiment:
    """One turn of a conversation: an experiment of one cell that sends the `earlier` messages too."""
    return Experiment(
        id=uuid.uuid4().hex,
        created_at=utc_now(),
        endpoint=endpoint,
        model=model,
        messages=(*instruction(system), *earlier, Message("user", prompt)),
        sets=(ParameterSet("chat", parameters),),
        repeats=1,
        rpm=rpm,
        warmup=0,
        stream=stream,
        conversation=conversation or uuid.uuid4().hex,
    )


def new_trial(*, endpoint: str, model: str, rpm: float | None, stream: bool = True) -> Experiment:
    """One request for one token, to see whether a key or a model answers."""
    return Experiment(
        id=uuid.uuid4().hex,
        created_at=utc_now(),
        endpoint=endpoint,
        model=model,
        messages=(Message("user", "Hi"),),
        sets=(ParameterSet("trial", GenerationParameters(max_tokens=1)),),
        repeats=1,
        rpm=rpm,
        warmup=0,
        stream=stream,
        trial=True,
    )


def _check_name(name: str, value: object, refusal: str) -> None:
    if not is_text(value) or not str(value).strip():
        raise InputError(refusal, field=name, given=quoted(value))


def _check_rpm(value: object) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1_000_000:
        raise InputError(
            N_("rpm is {given}, but requests a minute must be a number above 0."), field="rpm", given=quoted(value)
        )


def _check_sets(sets: tuple[ParameterSet, ...], seed: int | None) -> None:
    if not sets:
        raise InputError(N_("There is no parameter set to run; add at least one."), field="sets")
    seen: dict[GenerationParameters, str] = {}
    names: set[str] = set()
    for each in sets:
        if not isinstance(each, ParameterSet):
            raise InputError(
                N_("{given} is no ParameterSet; grid() makes a list of them."), field="sets", given=quoted(each)
            )
        if each.name in names:
            raise InputError(
                N_("Two parameter sets are called {name}; give each its own name."),
                field="sets",
                name=quoted(each.name),
            )
        if each.parameters in seen:
            raise InputError(
                N_("The sets {first} and {second} are equal; change one or leave it out."),
                field="sets",
                first=quoted(seen[each.parameters]),
                second=quoted(each.name),
            )
        if seed is not None and each.parameters.seed is not None:
            raise InputError(
                N_("The set {name} names a seed and so does the comparison; keep one of them."),
                field="seed",
                name=quoted(each.name),
            )
        names.add(each.name)
        seen[each.parameters] = each.name


def _check_whole(name: str, value: object, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InputError(
            N_("{name} is {given}, but it must be a whole number from {low} to {high}."),
            field=name,
            name=name,
            given=quoted(value),
            low=low,
            high=high,
        )
