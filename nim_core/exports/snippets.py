"""A call as code that runs as printed: Python, LangChain, Node and shell. The key is always the environment's."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

from nim_core.values.parameters import FIELD, body_of
from nim_core.values.request import Request

KEY_VARIABLE = "NVIDIA_API_KEY"


def python_snippet(request: Request, url: str) -> str:
    """The call with the `openai` package for Python."""
    given = {
        "model": request.model,
        "messages": request.body()["messages"],
        **openai_arguments(request.parameters.sent()),
        "stream": request.stream,
    }
    arguments = "".join(f"    {name}={value!r},\n" for name, value in given.items())
    return (
        "import os\n\n"
        "from openai import OpenAI\n\n"
        f'client = OpenAI(base_url={url!r}, api_key=os.environ.get("{KEY_VARIABLE}", "not-needed"))\n\n'
        f"completion = client.chat.completions.create(\n{arguments})\n\n" + _python_reading(request.stream)
    )


def langchain_snippet(request: Request, url: str) -> str:
    """The call with the `langchain_nvidia_ai_endpoints` package."""
    sent = request.parameters.sent()
    direct = "".join(
        f"    {called}={value!r},\n" for name, value in sent.items() if (called := FIELD[name].in_langchain)
    )
    others = body_of({name: value for name, value in sent.items() if not FIELD[name].in_langchain})
    extra = f"    model_kwargs={others!r},\n" if others else ""
    unlimited = "" if "max_tokens" in sent else "client.max_tokens = None  # it would send 1024\n"
    messages = [(message.role, message.content) for message in request.messages]
    reading = (
        f'for chunk in client.stream({messages!r}):\n    print(chunk.content, end="", flush=True)\n'
        if request.stream
        else f"print(client.invoke({messages!r}).content)\n"
    )
    return (
        "import os\n\n"
        "from langchain_nvidia_ai_endpoints import ChatNVIDIA\n\n"
        "client = ChatNVIDIA(\n"
        f"    base_url={url!r},\n"
        f"    model={request.model!r},\n"
        f'    api_key=os.environ.get("{KEY_VARIABLE}"),\n{direct}{extra})\n{unlimited}\n{reading}'
    )


def node_snippet(request: Request, url: str) -> str:
    """The call with the `openai` package for Node."""
    body = json.dumps(_openai_body(request), indent=2, ensure_ascii=False)
    reading = (
        'for await (const chunk of completion) {\n  process.stdout.write(chunk.choices[0]?.delta?.content ?? "");\n}\n'
        if request.stream
        else "console.log(completion.choices[0].message.content);\n"
    )
    return (
        'import OpenAI from "openai";\n\n'
        "const client = new OpenAI({\n"
        f"  baseURL: {json.dumps(url)},\n"
        f'  apiKey: process.env.{KEY_VARIABLE} ?? "not-needed",\n'
        "});\n\n"
        f"const completion = await client.chat.completions.create({body});\n\n{reading}"
    )


def shell_snippet(request: Request, url: str) -> str:
    """The call with curl; the prompt is quoted for the shell."""
    body = json.dumps(_openai_body(request), indent=2, ensure_ascii=False)
    silent = "curl -sS -N" if request.stream else "curl -sS"
    return (
        f"{silent} {shlex.quote(url + '/chat/completions')} \\\n"
        f'  -H "Authorization: Bearer ${{{KEY_VARIABLE}}}" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        f"  -d {shlex.quote(body)}\n"
    )


def openai_arguments(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters by name, as `openai`'s Python package takes them: what it does not know goes in `extra_body`.

    >>> openai_arguments({"temperature": 0.2})
    {'temperature': 0.2}
    """
    named = {name: value for name, value in sent.items() if FIELD[name].in_openai}
    others = body_of({name: value for name, value in sent.items() if name not in named})
    return {**named, "extra_body": others} if others else named


SNIPPETS = {
    "Python": (python_snippet, "python"),
    "LangChain": (langchain_snippet, "python"),
    "Node": (node_snippet, "javascript"),
    "Shell": (shell_snippet, "bash"),
}
"""Each language's snippet and the name of its syntax colouring."""


def _openai_body(request: Request) -> dict[str, Any]:
    """The request's body without what only a measuring client asks for."""
    return {name: value for name, value in request.body().items() if name != "stream_options"}


def _python_reading(stream: bool) -> str:
    if not stream:
        return "print(completion.choices[0].message.content)\n"
    return (
        "for chunk in completion:\n"
        "    if chunk.choices and chunk.choices[0].delta.content:\n"
        '        print(chunk.choices[0].delta.content, end="", flush=True)\n'
    )
