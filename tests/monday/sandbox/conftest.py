"""A stand-in on a port of its own, for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from betterform.monday.sandbox import SandboxServer
from tests.monday.sandbox.caller import Caller, Listener, listening


@pytest.fixture
def monday() -> Iterator[Caller]:
    with SandboxServer(seed="demo") as server:
        yield Caller(server)


@pytest.fixture
def quick_monday() -> Iterator[Caller]:
    """Where a minute is a fifth of a second."""
    with SandboxServer(seed="demo", speed=300) as server:
        yield Caller(server)


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as listener:
        yield listener


@pytest.fixture
def deal(monday: Caller) -> str:
    """The id of a deal without values."""
    return monday.world.create_item("DEALS", "A deal").id
