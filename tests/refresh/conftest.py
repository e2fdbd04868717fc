"""A local service, and a desk that asks it without waiting."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from local_service import QUICK, TODAY, LocalService, OpenDesk, run_service

from builder.refresh.http_client import Desk, Manners, Service


@pytest.fixture
def service() -> Iterator[LocalService]:
    with run_service() as running:
        yield running


@pytest.fixture
def waits() -> list[float]:
    """The seconds that were waited, instead of being waited."""
    return []


@pytest.fixture
def open_desk(service: LocalService, waits: list[float], tmp_path: Path) -> Iterator[OpenDesk]:
    opened: list[Desk] = []

    def make(
        manners: Manners = QUICK, *, pace: float = 0.0, today: date = TODAY, base: str = ""
    ) -> Desk:
        where = Service("The service", base or service.base, pace)
        desk = Desk(where, manners, tmp_path / "cache" / "answers.sqlite", today, waits.append)
        opened.append(desk)
        return desk

    yield make
    for desk in opened:
        desk.close()
