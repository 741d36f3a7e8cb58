"""The typed session; the only file that names st.session_state."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import streamlit as st

from nim_core.catalog import local_model_id
from nim_core.catalog.available import Listing
from nim_core.comparison import key_for as key_from_environment
from nim_core.errors import InputError
from nim_core.history import History, open_history
from nim_core.settings import Settings, permitted
from nim_core.values.endpoints import Endpoint
from nim_core.values.sets import ParameterSet
from nim_core.values.visitor import Visitor
from nim_core.worker.runs import Runs, runs_of
from nim_core.worker.view import RunView
from pages.parts.server.operator import settings

if TYPE_CHECKING:
    from nim_core.planning.permalink import Plan

_ID = re.compile("[0-9a-f]{32}")
_LONGEST_MODEL_ID = 200


@dataclass
class Session:
    """What one visitor has chosen; lives as long as the browser tab's connection.

    `workspace` owns what is kept, None on a server of one person. `language` is the one that was chosen, None for the
    browser's. `keys` and `models` are by endpoint name.
    `touched` names the parameters that the visitor has moved, which are sent even at their neutral value. `sets` is
    the Compare page's table as last edited. `key_check` and `tested` are the last trials of a key and of a model,
    `moved` says which values the chosen model's ranges moved. `opened` is the conversation whose system prompt stands
    in its field, `editing` the turn whose question is being edited, `deleted` the conversation whose deletion can be
    undone. `sent_to_compare` is a prompt, a system prompt and a set on their way from Chat to Compare. `linked` is a
    server and a model that the page's address names, until the visitor has said whether prompts may go there. `link`
    is the plan of a link that stands on Compare until it is run. `failures` are the sentences of callbacks that
    failed, by the place where they are to be told.
    """

    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    workspace: str | None = None
    language: str | None = None
    endpoint: str = "local"
    keys: dict[str, str] = field(default_factory=dict, repr=False)
    models: dict[str, str] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    conversation: str = field(default_factory=lambda: uuid.uuid4().hex)
    opened: str | None = None
    editing: str | None = None
    deleted: str | None = None
    sent_to_compare: tuple[str, str, ParameterSet] | None = None
    experiment: str | None = None
    sets: Any = None
    sets_base: Any = None
    sets_version: int = 0
    confirming: bool = False
    sent_to_plan: tuple[str, str, int] | None = None
    put_away: str | None = None
    plan_read: bool = False
    link: Plan | None = None
    key_check: RunView | None = None
    listings: dict[tuple[str, str], Listing] = field(default_factory=dict, repr=False)
    moved: tuple[str, ...] = ()
    tested: RunView | None = None
    address_read: bool = False
    linked: tuple[str, str] | None = None
    steps_dismissed: bool = False
    failures: dict[str, str] = field(default_factory=dict)

    @property
    def place(self) -> Endpoint:
        """The endpoint that is chosen."""
        return permitted(self.endpoint, settings())

    @property
    def model(self) -> str | None:
        """The model that is chosen for the endpoint, None when none is."""
        if self.endpoint in self.models:
            return self.models[self.endpoint]
        return local_model_id(settings()) if self.place.is_local else None

    @property
    def key(self) -> str | None:
        """The key for the chosen endpoint, None when there is none."""
        return self.key_for(self.endpoint)

    def key_for(self, endpoint: str) -> str | None:
        """The key for an endpoint: the visitor's own, else the operator's for the hosted catalog alone."""
        if endpoint in self.keys or endpoint != "nvidia":
            return self.keys.get(endpoint)
        try:
            return key_from_environment(permitted(endpoint, settings()), settings())
        except InputError:
            return None

    def borrows_key(self, endpoint: str) -> bool:
        """Whether calls to an endpoint go out with the operator's key, on a server for several people."""
        return settings().shared and endpoint not in self.keys and self.key_for(endpoint) is not None

    def visitor(self, endpoint: str) -> Visitor:
        """This visitor as the worker is told of them."""
        hourly = settings().hourly_requests if self.borrows_key(endpoint) else None
        return Visitor(self.workspace or self.id, self.workspace, hourly)

    def choose(self, endpoint: str) -> None:
        """Send prompts to another endpoint from now on; an address that cannot be used changes nothing."""
        self.key_check = self.linked = None
        with suppress(InputError):  # said beside the field
            self.endpoint = permitted(endpoint, settings()).name

    def take_model(self, endpoint: str, model: str) -> None:
        """Choose a model that an address names; what cannot be one there changes nothing."""
        could_be = model.isprintable() and 0 < len(model) <= _LONGEST_MODEL_ID
        if model == local_model_id(settings()) or (endpoint != "local" and could_be):
            self.models[endpoint] = model

    def forget_key(self, endpoint: str) -> None:
        """Drop the visitor's key for an endpoint."""
        self.keys.pop(endpoint, None)
        self.key_check = None

    def listing(self, fingerprint: str, fetch: Callable[[], Listing]) -> Listing:
        """The chosen endpoint's models as this key sees them, fetched once a session or after `list_again()`."""
        if (self.endpoint, fingerprint) not in self.listings:
            self.listings[self.endpoint, fingerprint] = fetch()
        return self.listings[self.endpoint, fingerprint]

    def list_again(self) -> None:
        """Ask the servers for their models anew."""
        self.listings.clear()

    def new_conversation(self) -> None:
        """Begin an empty conversation; the earlier one stays in the history."""
        self.conversation = uuid.uuid4().hex
        self.editing = None
        st.query_params.pop("conversation", None)

    def find_conversation(self, asked: str | None, history: History) -> None:
        """Go on with the conversation that the address names, as after a reload; only with one of one's own."""
        if not asked or not _ID.fullmatch(asked) or asked == self.conversation:
            return
        if history.conversations.path(asked):
            self.conversation = asked
            self.editing = None

    @staticmethod
    def widget(key: str) -> Any:
        """The present value of a widget, None when it was never drawn."""
        return st.session_state.get(key)


def session() -> Session:
    """This visitor's session."""
    if "session" not in st.session_state:
        st.session_state["session"] = Session()
    found: Session = st.session_state["session"]
    return found


def runs() -> Runs:
    """The server's worker and the views of its runs."""
    return runs_of(settings())


def history() -> History:
    """The history as this visitor's workspace sees it. Raises StoreError when it cannot be opened."""
    return whole_history(settings()).of(session().workspace)


def set_widgets(values: Mapping[str, Any]) -> None:
    """Give widgets new values before they are drawn, as a callback may."""
    for key, value in values.items():
        st.session_state[key] = value


def has_widget(key: str) -> bool:
    """Whether a widget of this key was drawn in the last run of this page."""
    return key in st.session_state


@cache
def whole_history(of: Settings) -> History:
    """The history of all workspaces. Raises StoreError when it cannot be opened; it is tried anew the next time."""
    return open_history(of)
