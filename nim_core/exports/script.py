"""A comparison as a Python script that needs nothing but the `openai` package."""

from __future__ import annotations

from nim_core.settings import Settings
from nim_core.values.endpoints import resolve
from nim_core.values.experiment import Experiment

from .conditions import public_endpoint
from .snippets import KEY_VARIABLE, openai_arguments
from .source import text_source

LOCAL_PORT = 8080
_LOCAL_URL = f"http://127.0.0.1:{LOCAL_PORT}/v1"
_LOCAL_NOTE = f"# Serve the built-in model first, in another terminal: python -m nim_core local --port {LOCAL_PORT}\n"
_KEY_NOTE = f"# Set {KEY_VARIABLE} in the environment where the server needs a key.\n"

_STREAMED = """\
    chunks = client.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True, **parameters)
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
"""
_WHOLE = """\
    completion = client.chat.completions.create(model=MODEL, messages=MESSAGES, stream=False, **parameters)
    return completion.choices[0].message.content or ""
"""
_ROUNDS = """\
sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
for repeat in range(1, REPEATS + 1):
    # Every round runs each set once, in the order of the first run.
    names = list(SETS)
    random.Random(f"{ORDER_SEED}/{repeat}").shuffle(names)
    for name in names:
"""
_ASKED = """\
        try:
            text = ask(parameters)
        except openai.OpenAIError as error:
            print(f"{name!r}, repeat {repeat}, failed: {error!r}", flush=True)
            if getattr(error, "status_code", None) in (401, 402, 403, 404, 410, 429):
                sys.exit("The server would refuse the other calls too, so the run ends here.")
        else:
            print(f"{name!r}, repeat {repeat}: {text!r}", flush=True)
"""


def to_script(experiment: Experiment) -> str:
    """The same sets, repeats, seeds and order, one call at a time; prints one line per answer, writes no file.

    The warm-up is left out, since nothing is timed. The key comes from NVIDIA_API_KEY, and none is sent to the
    built-in model.
    """
    place = resolve(public_endpoint(experiment.endpoint), nvidia_url=Settings().nvidia_url)
    key = '"not-needed"' if place.is_local else f'os.environ.get("{KEY_VARIABLE}", "not-needed")'
    sets = "".join(f"    {each.name!r}: {openai_arguments(each.parameters.sent())!r},\n" for each in experiment.sets)
    messages = "".join(
        f'    {{"role": {each.role!r}, "content": {text_source(each.content)}}},\n' for each in experiment.messages
    )
    seed = "" if experiment.seed is None else f', "seed": {experiment.seed} + repeat - 1'
    pause = (
        "" if experiment.rpm is None else f"        time.sleep(60 / {float(experiment.rpm)!r})  # requests a minute\n"
    )
    return (
        "# One prompt, several parameter sets, several repeats: one line per answer.\n"
        f"{_LOCAL_NOTE if place.is_local else _KEY_NOTE}"
        "import os\nimport random\nimport sys\nimport time\n\n"
        "import openai\n\n"
        f"client = openai.OpenAI(base_url={place.url or _LOCAL_URL!r}, api_key={key})\n\n"
        f"MODEL = {experiment.model!r}\n"
        f"MESSAGES = [\n{messages}]\n"
        f"SETS = {{\n{sets}}}\n"
        f"REPEATS = {experiment.repeats}\n"
        f"ORDER_SEED = {experiment.order_seed}\n\n\n"
        f"def ask(parameters):\n{_STREAMED if experiment.stream else _WHOLE}\n\n"
        f"{_ROUNDS}"
        f"        parameters = {{**SETS[name]{seed}}}\n"
        f"{_ASKED}{pause}"
    )
