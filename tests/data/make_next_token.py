"""Makes nim_core/data/next_token.csv from the built-in model: PYTHONPATH=. python tests/data/make_next_token.py

The model's own logarithms of probability for the token after CONTEXT: the likeliest by name, to two decimals,
and of all others how many share a value, to one decimal.
"""

from __future__ import annotations

import csv
import json
import urllib.request
from collections import Counter

from nim_core.local.next_token import CONTEXT, NEXT_TOKEN
from nim_core.local.server import Address, LocalServer
from nim_core.settings import Settings

NAMED = 7
VOCABULARY = 49_152


def own_logprobs(address: Address) -> list[tuple[str, float]]:
    """Every token with its logarithm of probability, likeliest first."""
    body = {"prompt": CONTEXT, "max_tokens": 1, "logprobs": VOCABULARY}
    request = urllib.request.Request(
        f"{address.url}/completions",
        json.dumps(body).encode(),
        {"Authorization": f"Bearer {address.key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as reply:
        content = json.load(reply)["choices"][0]["logprobs"]["content"]
    return [(entry["token"], entry["logprob"]) for entry in content[0]["top_logprobs"]]


def main() -> None:
    """Ask the model and write the table."""
    server = LocalServer(Settings())
    found = own_logprobs(server.ensure(lambda _progress: None))
    server.close()
    with NEXT_TOKEN.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["token", "logprob", "tokens"])
        writer.writerows((token.strip(), f"{logprob:.2f}", 1) for token, logprob in found[:NAMED])
        others = Counter(round(logprob, 1) for _, logprob in found[NAMED:])
        writer.writerows(("", logprob, others[logprob]) for logprob in sorted(others, reverse=True))


if __name__ == "__main__":
    main()
