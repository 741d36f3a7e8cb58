"""A scripted NIM server for tests, yours too."""

from .nim_server import NimServer, Seen
from .scripted import Answer, Chunks, Hangs, Raw, Says, Truth, event

__all__ = ["Answer", "Chunks", "Hangs", "NimServer", "Raw", "Says", "Seen", "Truth", "event"]
