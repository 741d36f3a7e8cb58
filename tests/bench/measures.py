"""How long the measures take: all measures of 10,000 answers of 300 words, and of single texts of 1 MB.

Run it with `python -m tests.bench.measures` or `python tests/bench/measures.py`; it ends with 1 when a budget is
missed. It is no test, since a time on a shared machine proves nothing by itself.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from nim_core.analysis.table import frame
from nim_core.measures import measure_text
from nim_core.measures.diversity import diversity
from nim_core.values.generation import Generation, TextMeasures, Timing, Usage
from nim_core.values.parameters import GenerationParameters

MEGABYTE = 1_000_000
CHANCE = random.Random(7)
WORDS = ["".join(CHANCE.choices("etaoinshrdlucmfw", k=CHANCE.randint(2, 9))) for _ in range(3_000)]


def prose(words: int) -> str:
    """Words in the lengths of English, with punctuation, some of it beyond ASCII."""
    return " ".join(CHANCE.choice(WORDS) + CHANCE.choice(["", "", "", "", ",", ".", "’s"]) for _ in range(words))


MEASURED = TextMeasures(
    {"characters": 500, "words": 90, "repetition": 0.1, "longest_repeat": 0.1, "distinct_2": 0.9}, "word-4"
)


def generation(number: int) -> Generation:
    """One whole answer with every column filled."""
    return Generation(
        "e", f"set {number % 20}", number // 20 + 1, number + 1, "local", "m", GenerationParameters(temperature=0.5),
        "ok", "2026-11-23T10:00:00.000Z", text="x" * 500, finish_reason="stop", timing=Timing(0.1, 0.2, 0.9),
        usage=Usage(5, 100), measures=MEASURED,
    )  # fmt: skip


def report(name: str, budget_s: float, work: Callable[[], object]) -> bool:
    """Do the work, print its time beside its budget, and say whether it kept to it."""
    started = time.perf_counter()
    work()
    took = time.perf_counter() - started
    print(f"{name:55} {took:7.2f} s of {budget_s:g} s")
    return took <= budget_s


def main() -> int:
    """Time everything; 0 when all budgets are kept."""
    answers = [prose(300) for _ in range(500)]
    half = "".join(CHANCE.choices("abcdefghij ", k=MEGABYTE // 2))
    texts = {
        "prose": prose(150_000)[:MEGABYTE],
        "one character repeated": "a" * MEGABYTE,
        "period 2": "ab" * (MEGABYTE // 2),
        "a random half, said twice": half * 2,
        "random Han": "".join(chr(CHANCE.randint(0x4E00, 0x9FFF)) for _ in range(MEGABYTE // 3)),
        "looping Korean": ("이 문장은 계속 반복됩니다. " * (MEGABYTE // 30))[: MEGABYTE // 2],
        "flags": "\U0001f1f0\U0001f1f7" * (MEGABYTE // 8),
        "underscores": "_" * MEGABYTE,
    }
    generations = [generation(number) for number in range(10_000)]
    kept = [
        report("10,000 answers of 300 words", 10, lambda: [measure_text(answers[i % 500]) for i in range(10_000)]),
        *(report(f"1 MB: {name}", 2, lambda text=text: measure_text(text)) for name, text in texts.items()),
        report("diversity of 1,000 answers of 300 words", 2, lambda: diversity(answers * 2)),
        report("a table of 10,000 generations", 1, lambda: frame(generations)),
    ]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
