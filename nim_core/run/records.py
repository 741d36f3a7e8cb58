"""What one run writes: its experiment, each request into the meter, each generation, its end."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, TypeVar

from nim_core.call.reply import Reply
from nim_core.errors import CallError
from nim_core.history import History
from nim_core.history.meter import RequestRecord
from nim_core.measures import measure_text
from nim_core.values.events import Ended
from nim_core.values.experiment import Experiment
from nim_core.values.generation import Generation

from . import endings
from .disk import Disk

T = TypeVar("T")


class Records:
    """Writes for one run, in order; raises StoreError when the disk cannot be written.

    A write that has begun is finished even when its caller is cancelled: an answer that is in must not
    be lost to a Stop that comes a moment later.
    """

    def __init__(self, history: History, experiment: Experiment, key: str | None) -> None:
        self._history = history
        self._experiment = experiment
        self._fingerprint = history.meter.fingerprint(key)
        self._disk = Disk()

    async def begin(self) -> list[Generation]:
        """Write the experiment; gives the generations that it has already. A trial is not written and has none."""
        if self._experiment.trial:
            await self._disk.do(self._history.meter.check)
            return []
        await self._disk.do(self._history.experiments.save, self._experiment)
        return await self._disk.do(self._history.experiments.generations, self._experiment.id)

    async def sent_in_the_last_hour(self) -> list[float]:
        """When this visitor's requests of the last hour with this key went here, as Unix time, oldest first."""
        return await self._disk.do(
            self._history.meter.sent_in_the_last_hour, self._experiment.endpoint, self._fingerprint
        )

    async def attempt(self, reply: Reply, outcome: str, error: CallError | None = None) -> None:
        """Enter a failed or unmeasured call into the meter and among what was seen of its model."""
        await _surely(self._disk.do(self._enter, reply, outcome, error))

    async def generation(self, generation: Generation, reply: Reply | None) -> Generation:
        """Measure and write a generation; gives the one that then stands, its own or another runner's.

        `reply` is the call that is entered with it, None where every call has been entered.
        """
        return await _surely(self._disk.do(self._keep, generation, reply))

    async def end(self, ended: Ended) -> Ended:
        """Write how the run ended; gives it as it is for what then stands."""
        return ended if self._experiment.trial else await self._disk.do(self._end, ended)

    def close(self) -> None:
        """Take no more work."""
        self._disk.close()

    def _end(self, ended: Ended) -> Ended:
        if ended.outcome != "done":
            kept = self._history.experiments.generations(self._experiment.id)
            ended = ended if self._experiment.missing(kept) else endings.all_in(ended, kept)
        self._history.experiments.end(self._experiment.id, ended)
        return ended

    def _enter(self, reply: Reply, outcome: str, error: CallError | None) -> None:
        endpoint, model = self._experiment.endpoint, self._experiment.model
        record = RequestRecord(endpoint, self._fingerprint, model, outcome, reply.request_id)
        for _ in range(max(reply.requests, 1)):  # a repeat without stream_options is one more
            self._history.meter.add(record)
        refused, detail = (error.fields, error.detail) if error else ((), "")
        self._history.sightings.note(
            endpoint, self._fingerprint, model, outcome, ttft_s=reply.timing.ttft_s, refused=refused, detail=detail
        )

    def _keep(self, generation: Generation, reply: Reply | None) -> Generation:
        if generation.status == "ok" or generation.text:
            generation = replace(generation, measures=measure_text(generation.text))
        with self._history.database.connection():  # all in one transaction
            if reply:
                self._enter(reply, generation.status, None)
            return generation if self._experiment.trial else self._history.experiments.add(generation)


async def _surely(work: Coroutine[Any, Any, T]) -> T:
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise
