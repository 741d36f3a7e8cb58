"""Executes an experiment: order, concurrency, rate, retry, stop. Every finished cell is stored before it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from nim_core.errors import CallError, LocalModelError, StoreError
from nim_core.history import History
from nim_core.values.events import Ended, Event, Finished
from nim_core.values.experiment import Cell, Experiment
from nim_core.values.generation import Status
from nim_core.values.visitor import Visitor

from . import endings
from .attempt import Call
from .connections import Access, Connections
from .pending import Pending
from .records import Records
from .retry import ONCE, RetryPolicy
from .sender import Sender
from .waiting.gate import Gate

ANYBODY = Visitor()
APART_S = 0.002
"""Between the first requests of the slots: sent at one moment, each would wait for those before it to be written."""


class Run:
    """One run of an experiment: sends the cells that have no lasting result yet.

    `go()` may be awaited once; `stop()` may be called at any time and keeps what has arrived.
    `emit` is called in the event loop with each event; `visitor` is who shares the rate and what they may send.
    """

    def __init__(
        self,
        experiment: Experiment,
        access: Access,
        connections: Connections,
        history: History,
        emit: Callable[[Event], None],
        *,
        visitor: Visitor = ANYBODY,
        policy: RetryPolicy | None = None,
    ) -> None:
        self._experiment = experiment
        self._access = access
        self._connections = connections
        self._records = Records(history, experiment, access.key)
        self._emit = emit
        self._visitor = visitor
        self._policy = policy or (ONCE if experiment.trial else RetryPolicy())
        self._gate = Gate(connections.lane(access, visitor, experiment.rpm), connections.slots(access))
        self._sender = Sender(experiment, access, connections, self._gate, self._records, self._policy, emit)
        self._work: asyncio.Task[None] | None = None
        self._pending = Pending(experiment)
        self._failed = 0
        self._stopped = False
        self._begun = False
        self._fault: StoreError | LocalModelError | None = None

    async def go(self) -> Ended:
        """Run to the end; raises LocalModelError or StoreError when it cannot begin.

        When one of them comes later, the run ends "failed" with its words; what is on disk stays.
        """
        self._work = asyncio.create_task(self._send_all())
        if self._stopped:
            self._work.cancel()
        try:
            async with self._connections.using(self._access):
                with self._gate.lane:
                    await self._work
        except asyncio.CancelledError:
            self._stopped = True
        except ExceptionGroup as group:
            self._note_fault(group.exceptions[0])
        except (StoreError, LocalModelError) as error:
            self._note_fault(error)
        ended = self._ended()
        with suppress(StoreError):  # the run's end is told in any case
            ended = await self._records.end(ended)
        self._records.close()
        self._emit(ended)
        return ended

    def stop(self) -> None:
        """Send nothing more and cut off what is on its way; what has arrived is stored as cancelled."""
        self._stopped = True
        self._pending.close()
        if self._work:
            self._work.cancel()

    async def _send_all(self) -> None:
        experiment = self._experiment
        done = await self._records.begin()
        cells = experiment.missing(done)
        self._pending.fill(cells)
        self._sender.order = max((each.order for each in done), default=0)
        if self._visitor.hourly is not None:
            sent = await self._records.sent_in_the_last_hour()
            self._gate.allowance = self._connections.allowance(self._visitor, sent)
        await self._connections.transport(self._access, self._emit)
        self._begun = True
        if cells and not await self._sender.warm_up(cells[0]) and (cell := self._pending.next()):
            # The cause is likely to meet every cell: one row tells before the others are sent.
            await self._one(cell)
        async with asyncio.TaskGroup() as slots:
            for _ in range(min(experiment.concurrency, len(self._pending))):
                slots.create_task(self._slot())
                await asyncio.sleep(APART_S)

    async def _slot(self) -> None:
        while not self._gate.spent and (cell := self._pending.next()):
            await self._one(cell)

    async def _one(self, cell: Cell) -> None:
        """Make one generation with its retries, store it, and tell."""
        call = Call(self._experiment, cell, self._policy)
        try:
            await self._sender.send(call)
        except CallError as error:
            self._pending.judge(cell, error)
            if self._pending.halt:
                self._gate.give_up()
            await self._finish(call, "error", error)
        except asyncio.CancelledError:
            if call.order:
                await asyncio.shield(self._give_up(call))
            raise
        else:
            await self._finish(call, "ok", None)

    async def _give_up(self, call: Call) -> None:
        """Store what a stop or a halt cut off: in flight it is cancelled, between attempts its failure stands."""
        if call.in_flight:
            await self._finish(call, "cancelled", None)
        elif call.failure:
            await self._finish(call, "error", call.failure)

    async def _finish(self, call: Call, status: Status, error: CallError | None) -> None:
        entered = None if error else call.reply  # failed attempts were entered when they failed
        kept = await self._records.generation(call.generation(status, error), entered)
        self._failed += kept.status == "error"
        self._emit(Finished(kept, error.status if error else None))

    def _note_fault(self, fault: Exception) -> None:
        if not self._begun or not isinstance(fault, StoreError | LocalModelError):
            raise fault from None
        self._fault = fault

    def _ended(self) -> Ended:
        if self._fault:
            return endings.failed(self._fault)
        if self._gate.spent:
            return self._gate.spent
        if self._stopped:
            return endings.STOPPED
        if self._pending.refusal:
            return endings.refused_or_parked(self._pending.refusal)
        return endings.done(self._failed)
