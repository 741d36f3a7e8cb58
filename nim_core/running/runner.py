"""Executes an experiment: order, concurrency, rate, retry, stop. Every finished cell is stored before it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

from tenacity import AsyncRetrying, retry_if_exception_type

from nim_core.errors import CallError, LocalModelError, StoreError
from nim_core.events import Arrived, Ended, Event, Finished, Sent, Waiting
from nim_core.experiment import Cell, Experiment
from nim_core.generation import Status
from nim_core.history import History
from nim_core.protocol.request import Request
from nim_core.protocol.stream import Reply
from nim_core.visitor import Visitor

from . import ending
from .allowance import Allowance
from .call import Call
from .connections import Connections, Place
from .pending import Pending
from .records import Records
from .retry import RetryPolicy

ANYBODY = Visitor()
WARMUP_TOKENS = 8
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
        place: Place,
        connections: Connections,
        history: History,
        emit: Callable[[Event], None],
        *,
        visitor: Visitor = ANYBODY,
        policy: RetryPolicy | None = None,
    ) -> None:
        self._experiment = experiment
        self._place = place
        self._connections = connections
        self._records = Records(history, experiment, place.key)
        self._emit = emit
        self._visitor = visitor
        self._policy = policy or RetryPolicy()
        self._lane = connections.lane(place, experiment, visitor)
        self._allowance: Allowance | None = None
        self._spent: Ended | None = None
        self._work: asyncio.Task[None] | None = None
        self._pending = Pending(experiment)
        self._order = 0
        self._failed = 0
        self._stopped = False
        self._begun = False
        self._fault: StoreError | LocalModelError | None = None
        self._resting: set[asyncio.Task[None]] = set()

    async def go(self) -> Ended:
        """Run to the end; raises LocalModelError or StoreError when it cannot begin.

        When one of them comes later, the run ends "failed" with its sentence; what is on disk stays.
        """
        self._work = asyncio.create_task(self._send_all())
        if self._stopped:
            self._work.cancel()
        try:
            async with self._connections.using(self._place):
                with self._lane:
                    await self._work
        except asyncio.CancelledError:
            self._stopped = True
        except ExceptionGroup as group:
            self._note_fault(group.exceptions[0])
        except (StoreError, LocalModelError) as error:
            self._note_fault(error)
        ended = self._ended()
        with suppress(StoreError):  # the run's end is told in any case
            await self._records.end(ended)
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
        self._order = max((each.order for each in done), default=0)
        if self._visitor.hourly is not None:
            sent = await self._records.sent_in_the_last_hour()
            self._allowance = self._connections.allowance(self._visitor, sent)
        await self._connections.transport(self._place, self._emit)
        self._begun = True
        if cells and not await self._warm_up(cells[0]) and (cell := self._pending.next()):
            # The cause is likely to meet every cell: one row tells before the others are sent.
            await self._one(cell)
        async with asyncio.TaskGroup() as slots:
            for _ in range(min(experiment.concurrency, len(self._pending))):
                slots.create_task(self._slot())
                await asyncio.sleep(APART_S)

    async def _warm_up(self, cell: Cell) -> bool:
        """Send the unmeasured first calls; whether they went well."""
        if not self._experiment.warmup:
            return True
        first = self._experiment.parameters_of(cell)
        few = replace(first, max_tokens=min(WARMUP_TOKENS, first.max_tokens or WARMUP_TOKENS))
        request = Request(self._experiment.model, self._experiment.messages, few, self._experiment.stream)
        for _ in range(self._experiment.warmup):
            await self._rest(self._turn())
            transport = await self._connections.transport(self._place, self._emit)
            reply = Reply()
            try:
                await transport.complete(request, reply, lambda _text, _reasoning: None)
            except CallError as error:
                self._slow_down(error, self._policy.wait_before_next([error], bytes_seen=reply.bytes_seen))
                await self._records.attempt(reply, error.kind.key, error)
                return False
            except asyncio.CancelledError:
                if reply.requests:
                    await self._records.attempt(reply, "cancelled")
                raise
            await self._records.attempt(reply, "ok")
        return True

    async def _slot(self) -> None:
        while (cell := self._pending.next()) is not None:
            await self._one(cell)

    async def _one(self, cell: Cell) -> None:
        """Make one generation with its retries, store it, and tell."""
        call = Call(self._experiment, cell, self._policy)
        try:
            await self._attempts(call)
        except CallError as error:
            self._pending.judge(cell, error)
            if self._pending.halt:
                self._give_up_resting()
            await self._finish(call, "error", error)
        except asyncio.CancelledError:
            if call.order:
                await asyncio.shield(self._give_up(call))
            raise
        else:
            await self._finish(call, "ok", None)

    async def _attempts(self, call: Call) -> None:
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(CallError),
            stop=call.gives_up,
            wait=call.seconds_to_next,
            sleep=lambda seconds: self._rest(asyncio.sleep(seconds)),
            reraise=True,
        )
        async for attempt in retrying:
            with attempt:
                await self._attempt(call)

    async def _attempt(self, call: Call) -> None:
        await self._rest(self._turn())
        transport = await self._connections.transport(self._place, self._emit)
        if not call.order:
            self._order += 1
            call.order = self._order
        cell = call.cell
        call.begin()
        self._emit(Sent(cell.set, cell.repeat, call.number))
        try:
            await transport.complete(
                call.request,
                call.reply,
                lambda text, more: self._emit(Arrived(cell.set, cell.repeat, text, more)),
            )
        except CallError as error:
            call.failed(error)
            self._tell_wait(call, error)
            await self._records.attempt(call.reply, error.kind.key, error)
            raise
        call.ended()
        self._lane.pace.went_well()

    def _tell_wait(self, call: Call, error: CallError) -> None:
        self._slow_down(error, call.next_wait)
        if call.next_wait is not None:
            self._emit(Waiting(call.cell.set, call.cell.repeat, call.next_wait, error.kind.title))

    def _slow_down(self, error: CallError, seconds: float | None) -> None:
        """Let every run with this key wait, where it was the key's rate that was refused."""
        if error.kind.key == "rate_limited":
            self._lane.pace.slow_down(seconds or 0.0)

    def _give_up_resting(self) -> None:
        """End the slots that have nothing on its way; what is on its way is finished."""
        for slot in self._resting:
            slot.cancel()

    async def _turn(self) -> None:
        await self._lane.turn()
        if self._allowance and (wait := self._allowance.take()) is not None:
            self._spent = ending.spent(self._allowance.limit, wait)
            self._pending.close()
            self._give_up_resting()
            await asyncio.sleep(0)  # this slot rests too: here its end takes hold

    async def _rest(self, waiting: Awaitable[None]) -> None:
        """Await something during which nothing is on its way, so that a halt may give the cell up."""
        slot = asyncio.current_task()
        assert slot is not None
        self._resting.add(slot)
        try:
            await waiting
        finally:
            self._resting.discard(slot)

    async def _give_up(self, call: Call) -> None:
        """Store what a stop or a halt cut off: in flight it is cancelled, between attempts its failure stands."""
        if call.in_flight:
            await self._finish(call, "cancelled", None)
        elif call.failure:
            await self._finish(call, "error", call.failure)

    async def _finish(self, call: Call, status: Status, error: CallError | None) -> None:
        self._failed += status == "error"
        entered = None if error else call.reply  # failed attempts were entered when they failed
        self._emit(Finished(await self._records.generation(call.generation(status, error), entered)))

    def _note_fault(self, fault: Exception) -> None:
        if not self._begun or not isinstance(fault, StoreError | LocalModelError):
            raise fault from None
        self._fault = fault

    def _ended(self) -> Ended:
        if self._fault:
            return ending.failed(self._fault)
        if self._spent:
            return self._spent
        if self._stopped:
            return ending.STOPPED
        if self._pending.refusal:
            return ending.refused_or_parked(self._pending.refusal)
        return ending.done(self._failed)
