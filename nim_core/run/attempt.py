"""One cell on its way: its request, its attempts so far, and how it becomes a Generation."""

from __future__ import annotations

import time
from dataclasses import replace

from tenacity import RetryCallState

from nim_core.call.reply import Reply
from nim_core.errors import CallError
from nim_core.values.clock import utc_now
from nim_core.values.experiment import Cell, Experiment
from nim_core.values.generation import Generation, Status
from nim_core.values.request import Request

from .retry import RetryPolicy


class Call:
    """The state of one cell between its first wait and its row.

    `order` is its place in the order of sending, 0 while nothing was sent. `reply` is the last
    attempt's. All waiting between attempts adds up apart from any latency.
    """

    def __init__(self, experiment: Experiment, cell: Cell, policy: RetryPolicy) -> None:
        self.cell = cell
        self.order = 0
        self.number = 0
        self.in_flight = False
        self.reply = Reply()
        self.next_wait: float | None = None
        self._experiment = experiment
        self._parameters = experiment.parameters_of(cell)
        self.request = Request(experiment.model, experiment.messages, self._parameters, experiment.stream)
        self._policy = policy
        self._failures: list[CallError] = []
        self._requests = 0
        self._wait_s = 0.0
        self._idle_since = time.monotonic()

    @property
    def failure(self) -> CallError | None:
        """The last attempt's failure, None when there was none."""
        return self._failures[-1] if self._failures else None

    def begin(self) -> None:
        """An attempt goes out now."""
        self._wait_s += time.monotonic() - self._idle_since
        self.number += 1
        self.reply = Reply()
        self.in_flight = True

    def ended(self) -> None:
        """The attempt is over."""
        self._requests += self.reply.requests
        self._idle_since = time.monotonic()
        self.in_flight = False

    def failed(self, failure: CallError) -> None:
        """The attempt is over and failed; decides about the next."""
        self.ended()
        self._failures.append(failure)
        self.next_wait = self._policy.wait_before_next(self._failures, bytes_seen=self.reply.bytes_seen)

    def gives_up(self, _: RetryCallState) -> bool:
        """Whether no further attempt is made."""
        return self.next_wait is None

    def seconds_to_next(self, _: RetryCallState) -> float:
        """Seconds before the next attempt."""
        return self.next_wait or 0.0

    def generation(self, status: Status, error: CallError | None) -> Generation:
        """The row of this cell, without its measures."""
        reply, experiment = self.reply, self._experiment
        timing = reply.timing if status == "ok" else replace(reply.timing, latency_s=None)
        return Generation(
            experiment_id=experiment.id,
            set=self.cell.set,
            repeat=self.cell.repeat,
            order=self.order,
            endpoint=experiment.endpoint,
            model=experiment.model,
            parameters=self._parameters,
            status=status,
            started_at=reply.started_at or utc_now(),
            text=reply.text,
            reasoning=reply.thinking,
            error=error.kind.key if error else None,
            error_detail=error.detail if error else None,
            error_fields=error.fields if error else (),
            finish_reason=reply.finish_reason,
            wait_s=self._wait_s,
            attempts=self._requests + (reply.requests if self.in_flight else 0),
            request_id=reply.request_id,
            timing=timing,
            usage=reply.usage,
        )
