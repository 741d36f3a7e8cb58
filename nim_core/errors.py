"""Everything that can go wrong, as one tree.

    NimLabError                 anything this library raises on purpose
    +-- InputError              what was asked for cannot be sent: nothing was sent
    +-- CallError               one call failed: its `kind` is one of KINDS
    +-- StoreError              the history cannot be read or written
    +-- LocalModelError         the built-in model cannot be fetched or started
    +-- WorkerError             the process that runs experiments cannot be started

Every error carries a sentence that says what happened and one that says what to do next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .words import N_, Sentence


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """One kind of failed call: what it is called, what to do, and what the runner does with it.

    `retried`: the runner may send the call again, and a resumed run does.
    `ends_run`: every like call must fail for the same reason, so it is not sent.
    """

    key: str
    title: str
    advice: str
    retried: bool = False
    ends_run: bool = False


_DECLARED = (
    ErrorKind(
        "key_missing",
        N_("No API key was sent"),
        N_(
            "Enter a key on the Connect page (in a terminal, set NVIDIA_API_KEY), or choose the built-in model, which "
            "needs none."
        ),
        ends_run=True,
    ),
    ErrorKind(
        "key_refused",
        N_("The API key was refused"),
        N_("Copy the key again in full, or make a new one at https://build.nvidia.com/settings/api-keys."),
        ends_run=True,
    ),
    ErrorKind(
        "credits_exhausted",
        N_("The account's credits are used up"),
        N_("Ask NVIDIA for more credits, use another account's key, or choose the built-in model."),
        ends_run=True,
    ),
    ErrorKind(
        "rate_limited",
        N_("Too many requests for this key or model"),
        N_("Wait a minute: asking again at once makes the wait longer. Resume finishes a comparison."),
        retried=True,
    ),
    ErrorKind(
        "model_unknown",
        N_("The server does not know this model"),
        N_(
            "Choose a model on the Models page, or check the spelling of its name; on your own server, check the URL "
            "too."
        ),
        ends_run=True,
    ),
    ErrorKind(
        "model_not_entitled",
        N_("This account may not use this model"),
        N_("Open the model's page on build.nvidia.com to ask for access, or choose another model."),
        ends_run=True,
    ),
    ErrorKind(
        "model_retired",
        N_("This model has been retired"),
        N_("Choose another model on the Models page: this one will not come back."),
        ends_run=True,
    ),
    ErrorKind(
        "model_unavailable",
        N_("The model cannot take requests now"),
        N_("Its servers are full or down, which is not the key's fault. Try again later, or choose another model."),
        retried=True,
    ),
    ErrorKind(
        "bad_parameter",
        N_("The model refused a parameter"),
        N_("Leave the named parameter out, or move it into the range that the model allows."),
        ends_run=True,
    ),
    ErrorKind(
        "context_overflow",
        N_("The text is too long for the model"),
        N_("Shorten the prompt or the conversation, or lower max tokens."),
    ),
    ErrorKind(
        "server_error",
        N_("The server failed"),
        N_("The fault is on the server's side. Try again in a minute."),
        retried=True,
    ),
    ErrorKind(
        "timeout",
        N_("No answer came in time"),
        N_("The model may be busy or starting. Try again, or choose a smaller model."),
        retried=True,
    ),
    ErrorKind(
        "network",
        N_("The server could not be reached"),
        N_("Check the address and the network connection, and that the server is running."),
        retried=True,
    ),
    ErrorKind(
        "stream_truncated",
        N_("The answer broke off"),
        N_("What had arrived is kept; ask again for a whole answer."),
    ),
    ErrorKind(
        "stream_error",
        N_("The server failed in the middle of the answer"),
        N_("What had arrived is kept; ask again for a whole answer."),
    ),
    ErrorKind(
        "empty_reply",
        N_("The server sent an empty reply"),
        N_("Try again; if it stays empty, choose another model."),
        retried=True,
    ),
    ErrorKind(
        "not_openai",
        N_("This is not an OpenAI-compatible server"),
        N_("Check the URL on the Connect page: it should be the base URL of the API, usually ending in /v1."),
    ),
)

KINDS: dict[str, ErrorKind] = {kind.key: kind for kind in _DECLARED}
RETRIED = tuple(kind.key for kind in _DECLARED if kind.retried)
"""The kinds that a resumed run sends again."""


def call_sentence(kind: ErrorKind, detail: str, fields: Sequence[str]) -> Sentence:
    """What happened, in the words of the kind and of the server, ended so that the advice may follow.

    >>> str(call_sentence(KINDS["bad_parameter"], "Unsupported parameter", ["seed"]))
    'The model refused a parameter (seed): Unsupported parameter.'
    """
    worded = detail.rstrip()
    named = " ({fields})" if fields else ""
    said = ": {detail}" if detail else ""
    end = "" if worded.endswith((".", "!", "?", "…")) else "."
    values = {"title": Sentence(kind.title), "fields": ", ".join(fields), "detail": worded}
    return Sentence(f"{{title}}{named}{said}{end}", values)


class NimLabError(Exception):
    """Anything this library raises on purpose.

    `message` is a whole sentence with named places, `values` fill them. `str()` is English, for programs and logs;
    `said()` is for the person at the screen, in the present language.

    >>> str(NimLabError("The file {path} is empty.", path="a.yaml"))
    'The file a.yaml is empty.'
    """

    def __init__(self, message: str, /, **values: object) -> None:
        self._sentence = Sentence(message, values)
        super().__init__(str(self._sentence))

    def said(self) -> str:
        """What happened and what to do, in the present language."""
        return self._sentence.said()


class InputError(NimLabError):
    """What was asked for cannot be sent, and nothing was sent.

    `field` names the input at fault ("temperature", "--grid", "prompt") where there is one.

    >>> InputError("top_p is 0, which no model accepts; use more than 0 and at most 1.", field="top_p").field
    'top_p'
    """

    def __init__(self, message: str, /, field: str | None = None, **values: object) -> None:
        super().__init__(message, **values)
        self.field = field


class CallError(NimLabError):
    """One call failed.

    `kind` says how, `detail` is the server's own wording (never a key), `fields` are the parameters
    that a bad_parameter answer names, `status` is the HTTP status where there was one, and
    `retry_after` the seconds that the server asked us to wait.

    >>> CallError("bad_parameter", "Unsupported parameter(s): `seed`", fields=("seed",)).kind.title
    'The model refused a parameter'
    """

    def __init__(
        self,
        kind: str,
        detail: str = "",
        *,
        fields: tuple[str, ...] = (),
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        self.kind = KINDS[kind]
        self.detail = detail
        self.fields = fields
        self.status = status
        self.retry_after = retry_after
        happened = call_sentence(self.kind, detail, fields)
        super().__init__(happened.template, **happened.values)

    @property
    def sentence(self) -> str:
        """What happened, in English."""
        return str(self)


class StoreError(NimLabError):
    """The history cannot be read or written."""


class LocalModelError(NimLabError):
    """The built-in model cannot be fetched or started."""


class WorkerError(NimLabError):
    """The process that runs experiments cannot be started."""
