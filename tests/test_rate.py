"""The bucket: its pace, and its fairness between sessions."""

from __future__ import annotations

import asyncio
import time

import pytest

from nim_core.running.rate import Bucket

pytestmark = pytest.mark.anyio


async def test_turns_are_spaced_evenly():
    bucket = Bucket(rpm=1200)
    began = time.monotonic()
    for _ in range(5):
        await bucket.turn("a")
    assert time.monotonic() - began >= 4 * 0.05 - 0.01


async def test_two_sessions_take_turns_however_many_one_of_them_asks_for():
    bucket = Bucket(rpm=3000)
    granted = []

    async def ask(session):
        await bucket.turn(session)
        granted.append(session)

    many = [asyncio.create_task(ask("many")) for _ in range(6)]
    await asyncio.sleep(0)
    few = [asyncio.create_task(ask("few")) for _ in range(2)]
    await asyncio.gather(*many, *few)
    assert sorted(granted[:5]) == ["few", "few", "many", "many", "many"]


async def test_a_turn_that_is_given_up_costs_the_others_nothing():
    bucket = Bucket(rpm=3000)
    waiting = [asyncio.create_task(bucket.turn("a")) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[1].cancel()
    done, _ = await asyncio.wait(waiting, timeout=5)
    assert len(done) == 3


async def test_after_slowing_down_nothing_is_granted_for_a_while():
    bucket = Bucket(rpm=60_000)
    await bucket.turn("a")
    bucket.slow_down(0.2)
    began = time.monotonic()
    await bucket.turn("a")
    assert time.monotonic() - began >= 0.19
