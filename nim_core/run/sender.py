"""Sends the calls of one run: each at its turn, and again after a failure that may pass."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from tenacity import AsyncRetrying, retry_if_exception_type

from nim_core.call.reply import Reply
from nim_core.errors import CallError
from nim_core.values.events import Arrived, Event, Queued, Sent, Waiting
from nim_core.values.experiment import Cell, Experiment
from nim_core.values.request import Request

from .attempt import Call
from .connections import Access, Connections
from .records import Records
from .retry import RetryPolicy
from .waiting.gate import Gate
from .waiting.slots import Tell

WARMUP_TOKENS = 8


class Sender:
    """The way of a run's calls over the wire; each request is entered into the records when its outcome is known.

    `order` is the place of the last cell that was sent, in the order of sending.
    """

    def __init__(
        self,
        experiment: Experiment,
        access: Access,
        connections: Connections,
        gate: Gate,
        records: Records,
        policy: RetryPolicy,
        emit: Callable[[Event], None],
    ) -> None:
        self.order = 0
        self._experiment = experiment
        self._access = access
        self._connections = connections
        self._gate = gate
        self._records = records
        self._policy = policy
        self._emit = emit

    async def warm_up(self, cell: Cell) -> bool:
        """Send the unmeasured first calls, of which `cell` follows; whether they went well."""
        first = self._experiment.parameters_of(cell)
        few = replace(first, max_tokens=min(WARMUP_TOKENS, first.max_tokens or WARMUP_TOKENS))
        request = Request(self._experiment.model, self._experiment.messages, few, self._experiment.stream)
        for _ in range(self._experiment.warmup):
            reply = Reply()
            try:
                async with self._gate.turn(self._queued(cell)):
                    transport = await self._connections.transport(self._access, self._emit)
                    await transport.complete(request, reply, lambda _piece: None)
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

    async def send(self, call: Call) -> None:
        """Send a call until it went well. Raises CallError, the last one, when it is not sent again."""
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(CallError),
            stop=call.gives_up,
            wait=call.seconds_to_next,
            sleep=lambda seconds: self._gate.rest(asyncio.sleep(seconds)),
            reraise=True,
        )
        async for attempt in retrying:
            with attempt:
                await self._attempt(call)

    async def _attempt(self, call: Call) -> None:
        try:
            async with self._gate.turn(self._queued(call.cell)):
                await self._complete(call)
        except CallError as error:
            call.failed(error)
            self._slow_down(error, call.next_wait)
            if call.next_wait is not None:
                self._emit(Waiting(call.cell.set, call.cell.repeat, call.next_wait, error.kind.key))
            await self._records.attempt(call.reply, error.kind.key, error)
            raise
        call.ended()
        self._gate.lane.pace.went_well()

    async def _complete(self, call: Call) -> None:
        transport = await self._connections.transport(self._access, self._emit)
        if not call.order:
            self.order += 1
            call.order = self.order
        cell = call.cell
        call.begin()
        self._emit(Sent(cell.set, cell.repeat, call.number))
        await transport.complete(
            call.request,
            call.reply,
            lambda piece: self._emit(Arrived(cell.set, cell.repeat, piece)),
        )

    def _queued(self, cell: Cell) -> Tell:
        return lambda before: self._emit(Queued(cell.set, cell.repeat, before))

    def _slow_down(self, error: CallError, seconds: float | None) -> None:
        """Let every run with this key wait, where it was the key's rate that was refused."""
        if error.kind.key == "rate_limited":
            self._gate.lane.pace.slow_down(seconds or 0.0)
