"""What the tests of readings have in common."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import (
    board_readings,
    reading_steps,
)
from betterform.db import db, transaction
from betterform.models.board import BoardRole
from betterform.models.board_reading import BoardReading, ReadingKind
from betterform.models.contact import Contact
from betterform.models.history import Author, AuthorKind
from betterform.models.product import Product
from betterform.monday import readings
from betterform.monday.office import Office
from betterform.monday.sandbox import World

ANNA = Author(AuthorKind.USER, "Anna", 1)
LEASE = timedelta(seconds=60)


def start(role: BoardRole, kind: ReadingKind = ReadingKind.PULL, *, page: int | None = None) -> int:
    """Begin to read; `page` items at once, as after monday found more too complex."""
    with transaction() as session:
        reading = board_readings.start(session, role, kind, by=ANNA, at=clock.now())
        if page is not None:
            reading.counts = {**reading.counts, board_readings.LARGEST_PAGE: page}
        return reading.id


def read(role: BoardRole, kind: ReadingKind = ReadingKind.PULL, *, office: Office) -> BoardReading:
    """Read a board from beginning to end."""
    reading_id = start(role, kind)
    readings.run(office, reading_id)
    return shown(reading_id)


def shown(reading_id: int) -> BoardReading:
    db.session.rollback()
    return board_readings.find(db.session(), reading_id)


def hurry(reading_id: int) -> None:
    """Let the time that a reading waits for be over."""
    with transaction() as session:
        session.get_one(BoardReading, reading_id).next_step_at = clock.now()


def abandon(office: Office, reading_id: int) -> None:
    """Take a step as a worker does that is killed before it writes anything, and let its lease run out."""
    with transaction() as session:
        assert reading_steps.claim_step(session, at=clock.now(), lease=LEASE) is not None
    let_lease_end(reading_id)


def let_lease_end(reading_id: int) -> None:
    with transaction() as session:
        session.get_one(BoardReading, reading_id).claimed_until = clock.now() - timedelta(seconds=1)


def fill(world: World, board: str, up_to: int) -> None:
    """Have that many items on a board."""
    for number in range(len(world.items_of(world.board(board).id)), up_to):
        world.create_item(board, f"Person {number:04}" if board == "CONTACTS" else f"Thing {number:04}")


def contact_item(world: World) -> str:
    return str(world.items_of(world.board("CONTACTS").id)[0].id)


def known(session: Session, kind: type[Contact] | type[Product] = Contact) -> int:
    db.session.rollback()
    return session.scalar(select(func.count()).select_from(kind).where(kind.archived_at.is_(None))) or 0


def contact_of(mid: str) -> Contact:
    db.session.rollback()
    return db.session.scalars(select(Contact).where(Contact.mid == mid)).one()
