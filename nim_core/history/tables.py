"""Every table of the history, in one place; nim_core/history/migrations says how one is changed."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, MetaData, String, Table, Text

from nim_core.measures import COUNTED

METADATA = MetaData()

EXPERIMENTS = Table(
    "experiments",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("created_at", String(32), index=True, nullable=False),
    Column("conversation", String(32), index=True),
    Column("owner", String(32), index=True),
    Column("prompt", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("spec", Text, nullable=False),
    Column("outcome", String(16)),
    Column("outcome_sentence", Text),
    Column("ending", Text),
)

GENERATIONS = Table(
    "generations",
    METADATA,
    Column("experiment_id", String(32), primary_key=True),
    Column("set", Text, primary_key=True),
    Column("repeat", Integer, primary_key=True),
    Column("order", Integer, nullable=False),
    *(Column(name, Text, nullable=False) for name in ("endpoint", "model", "parameters", "status", "started_at")),
    *(Column(name, Text, nullable=False) for name in ("text", "reasoning")),
    *(Column(name, Text) for name in ("error", "error_text", "finish_reason", "request_id", "repetition_unit")),
    *(Column(name, Text) for name in ("error_detail", "error_fields")),
    *(Column(name, Float) for name in ("wait_s", "ttft_s", "ttfo_s", "latency_s")),
    *(Column(name, Integer) for name in ("attempts", "prompt_tokens", "completion_tokens")),
    *(Column(measure.key, Integer if measure.whole else Float) for measure in COUNTED),
)

CONVERSATIONS = Table(
    "conversations",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("owner", String(32), nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("changed_at", String(32), nullable=False, index=True),
    Column("shown", String(32), nullable=False),
    Column("deleted_at", String(32)),
)

TURNS = Table(
    "conversation_turns",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("conversation", String(32), nullable=False, index=True),
    Column("parent", String(32)),
    Column("prompt", Text, nullable=False),
)

SHELF = Table(
    "shelf",
    METADATA,
    Column("experiment_id", String(32), primary_key=True),
    Column("name", Text, nullable=False, default=""),
    Column("note", Text, nullable=False, default=""),
    Column("deleted_at", String(32)),
)

REQUESTS = Table(
    "requests",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("endpoint", Text, nullable=False),
    Column("fingerprint", String(32), nullable=False, index=True),
    Column("model", Text, nullable=False),
    Column("at", String(32), nullable=False, index=True),
    Column("outcome", String(32), nullable=False),
    Column("request_id", Text),
)

ALLOWANCES = Table(
    "allowances",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("fingerprint", String(32), nullable=False, index=True),
    Column("credits", Integer, nullable=False),
    Column("after", Integer, nullable=False),
    Column("at", String(32), nullable=False),
)

SIGHTINGS = Table(
    "sightings",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("endpoint", Text, nullable=False),
    Column("fingerprint", String(32), nullable=False),
    Column("model", Text, nullable=False),
    Column("at", String(32), nullable=False),
    Column("outcome", String(32), nullable=False),
    Column("ttft_s", Float),
    Column("refused", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Index("sightings_of_model", "endpoint", "fingerprint", "model"),
)

LISTS = Table(
    "model_lists",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("endpoint", Text, nullable=False),
    Column("fingerprint", String(32), nullable=False),
    Column("at", String(32), nullable=False),
    Column("models", Text, nullable=False),
    Index("model_lists_of_endpoint", "endpoint", "fingerprint"),
)

SECRETS = Table(
    "secrets",
    METADATA,
    Column("name", String(32), primary_key=True),
    Column("value", String(64), nullable=False),
)
