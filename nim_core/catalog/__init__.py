"""The catalog: which models there are, what is known of each, and how to find one."""

from nim_core.values.model import Model

from .available import CANDIDATES, default_model, list_models, local_model_id
from .kinds import kind_of
from .search import matching

__all__ = ["CANDIDATES", "Model", "default_model", "kind_of", "list_models", "local_model_id", "matching"]
