"""A scripted NIM server for tests, yours too."""

from .nim_server import NimServer, Received
from .scripted import Answer, Chunks, Hangs, Raw, Says, Truth, event

__all__ = ["Answer", "Chunks", "Hangs", "NimServer", "Raw", "Received", "Says", "Truth", "event"]
