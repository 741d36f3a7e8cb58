"""The wordings of each kind of failure, as NIM, vLLM, llama.cpp, TGI, OpenAI and gateways say them, in lower case."""

from __future__ import annotations

import re


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


CONTEXT = _words(
    r"context[ _-]?(length|window|size|limit)",
    r"exceed\w* (the )?(available |model'?s? )?context",
    r"too many (input )?tokens",
    r"(prompt|input|request|message\w*|conversation|text)( \w+)?( is| are| was)? too (long|large)",
    r"max_(model|seq|input)_len",
    r"(prompt|input|sequence|request)( token)? (length|count|size)\b[^|]{0,40}exceeds?",
    r"reduce (the |your )?(length|size|number) of",
    r"shorten (the |your )",
    r"max\w*?[ _](allowed )?(model|input|prompt|sequence|total)[ _](sequence )?(length|len|tokens)",
    r"longer than the max",
    r"`?inputs`? (must have less than|tokens \+)",
    r"exceeds? (the )?max\w* (number of )?(input )?tokens",
    r"request entity too large",
)
UNAVAILABLE = _words(
    r"\bdegraded\b",
    r"resource[ _]?exhausted(?!.*quota)",
    r"overloaded",
    r"total request limit",
    r"worker[^|]*limit reached",
    r"(model|it) is (still |currently |being )*(loading|starting|not ready|busy)",
    r"loading (the )?model|(currently|still) loading",
    r"not ready",
    r"temporarily unavailable",
    r"service[ _]unavailable",
    r"no healthy upstream",
    r"(at|over|insufficient|no) (\w+ )?capacity",
    r"capacity (exceeded|reached)",
    r"queue (is )?full",
    r"no (available|free|healthy) (worker|instance|server|replica|backend)",
    r"(warming|scaling|starting) up",
    r"out of capacity",
    r"server (is )?busy",
    r"engine is (dead|not running)",
)
CREDITS = _words(
    r"insufficient[ _](quota|credit|balance|fund)",
    r"credits?( \w+){0,2} (expired|exhausted|used up|depleted)",
    r"(out of|no( more)?|not enough|exhausted|expired|exceeded)( \w+){0,2} credits?\b",
    r"payment required",
    r"exceeded your current quota",
    r"credit balance",
    r"billing_hard_limit",
    r"credits_(exhausted|expired)",
    r"(free )?trial( \w+){0,2} (expired|ended)",
)
RATE = _words(r"rate[ _-]?limit", r"too many requests", r"requests? per (minute|second|hour|day)", r"throttl")
TIMEOUT = _words(r"timed?[ -]?out\b", r"deadline[ _]exceeded")
BAD_KEY = _words(
    r"(invalid|incorrect|wrong|expired|revoked|malformed)[ _]((api|bearer|auth\w*|access)[ _-]?)(key|token|credential)",
    r"(api|access)[ _-]?key[^.|]{0,40}(not valid|invalid|expired|revoked|incorrect|disabled|wrong)",
    r"authentication failed",
    r"authentication[ _]error",
    r"authorization failed",
    r"invalid[ _]authorization",
)
NO_KEY = _words(
    r"missing",
    r"no (api[ _-]?key|auth\w*|credential|token)",
    r"(did ?n[o']t|not|must) provide",
    r"not (been )?(sent|found|present)",
    r"(api[ _-]?key|token|authorization|authentication|credentials?)( header)? (is |are )?(required|needed)",
    r"you must be logged in",
)
ENTITLED = _words(
    r"not found for account",
    r"entitle",
    r"(does not|do not|don'?t|doesn'?t|no) have access",
    r"no access to",
    r"(not|n't) (be )?(authorized|allowed|permitted|enabled|authorised)\b[^.|]*\b(model|function)",
    r"(model|function)\b[^.|]*\b(access (is )?denied|permission|gated|restricted)",
    r"(model|function)\b[^.|]*\bnot (authorized|allowed|permitted|enabled)",
    r"(access|permission)[^.|]* (to|for) (this |the )?(model|function)",
    r"\bgated\b",
    r"subscription|your (plan|tier)\b",
)
RETIRED = _words(r"end[ -]of[ -]life", r"\beol\b", r"decommissioned", r"model\w*[ _](retired|deprecated|sunset)")
RETIRED_MODEL = _words(
    r"(has been|was|is|been) (retired|deprecated|removed|sunset|discontinued|shut ?down)",
    r"no longer (available|supported|served|offered)",
)
UNKNOWN_MODEL = _words(
    r"model_not_found",
    r"(unknown|invalid|no such|unrecognized) model",
    r"\bmodel\b[^|]{0,120}(does not exist|doesn'?t exist|not found|not exist)",
    r"not a valid model",
    r"model[^|,]{0,100}(is not|isn'?t) (available|supported|served|loaded|found|known)",
    r"(cannot|could not|unable to) (find|locate) (the )?model",
    r"model_not_supported",
)
