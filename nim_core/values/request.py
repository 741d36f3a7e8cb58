"""What is sent: one chat call as a value, and the exact body that goes over the wire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .dialogue import Message
from .parameters import GenerationParameters, body_of


@dataclass(frozen=True, slots=True)
class Request:
    """One chat call: to which model, with which messages and parameters, streamed or whole."""

    model: str
    messages: tuple[Message, ...]
    parameters: GenerationParameters
    stream: bool = True

    def body(self) -> dict[str, Any]:
        """The JSON body: what is set and nothing else; a streamed call also asks for its token counts.

        >>> Request("m", (Message("user", "Hi"),), GenerationParameters(temperature=0.2), stream=False).body()
        {'model': 'm', 'messages': [{'role': 'user', 'content': 'Hi'}], 'temperature': 0.2, 'stream': False}
        """
        body: dict[str, Any] = {
            "model": self.model,
            "messages": [{"role": message.role, "content": message.content} for message in self.messages],
            **body_of(self.parameters.sent()),
            "stream": self.stream,
        }
        if self.stream:
            body["stream_options"] = {"include_usage": True}
        return body
