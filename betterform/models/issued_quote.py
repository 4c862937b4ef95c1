"""What was issued stays: no code path may rewrite a quote that has its number, or its lines.

The paper is safe in its frozen document. This keeps the record, which lists, boards and the next
revision are made from, in agreement with it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import event, inspect, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapper, ORMExecuteState, Session, object_session
from sqlalchemy.orm.util import identity_key

from betterform.errors import WrongState
from betterform.models.quote import Quote, QuoteLine

# What goes on in the life of an issued quote. Everything else is on paper, or belongs to it.
LIVING = frozenset(
    {"mid", "state", "state_at", "viewed_at", "item_problem", "version", "created_at", "updated_at"}
)
FROZEN = tuple(column.key for column in inspect(Quote).column_attrs if column.key not in LIVING)


@event.listens_for(Quote, "before_update")
def refuse_changes(_mapper: Mapper[Quote], connection: Connection, quote: Quote) -> None:
    """Raises WrongState where something changes that was issued."""
    attributes = inspect(quote).attrs
    changed = [name for name in FROZEN if attributes[name].history.has_changes()]
    if changed and _was_issued(connection, quote):
        raise WrongState(f"Quote {quote.display_name} was issued: its {changed[0]} cannot be changed.")


@event.listens_for(Quote, "before_delete")
def refuse_deletion(_mapper: Mapper[Quote], connection: Connection, quote: Quote) -> None:
    """Nothing issued is ever deleted."""
    if _was_issued(connection, quote):
        raise WrongState(f"Quote {quote.display_name} was issued: it cannot be deleted.")


@event.listens_for(QuoteLine, "before_insert")
@event.listens_for(QuoteLine, "before_delete")
def refuse_lines(_mapper: Mapper[QuoteLine], connection: Connection, line: QuoteLine) -> None:
    """An issued quote gets no further line and loses none."""
    for quote_id in _quotes_of(line):
        _refuse_if_issued(connection, line, quote_id)


@event.listens_for(QuoteLine, "before_update")
def refuse_changed_lines(_mapper: Mapper[QuoteLine], connection: Connection, line: QuoteLine) -> None:
    """The lines of an issued quote stay as they are."""
    state = inspect(line)
    if any(state.attrs[column.key].history.has_changes() for column in state.mapper.column_attrs):
        refuse_lines(state.mapper, connection, line)


@event.listens_for(Session, "do_orm_execute")
def refuse_statements(execution: ORMExecuteState) -> None:
    """UPDATE and DELETE of many rows at once pass by the records, and so by the checks above."""
    if (execution.is_update or execution.is_delete) and execution.bind_mapper in GUARDED:
        raise WrongState("Quotes are changed one by one: what was issued stays.")


GUARDED = (Quote.__mapper__, QuoteLine.__mapper__)


def _quotes_of(line: QuoteLine) -> Sequence[int]:
    """The quote that the line belongs to, and the one it is taken from."""
    history = inspect(line).attrs.quote_id.history
    return [id_ for id_ in history.sum() if id_ is not None]


def _refuse_if_issued(connection: Connection, line: QuoteLine, quote_id: int) -> None:
    session = object_session(line)
    known = session.identity_map.get(identity_key(Quote, quote_id)) if session is not None else None
    quote = line.__dict__.get("quote")  # not to be loaded in the midst of storing
    if known is None and quote is not None and inspect(quote).pending:
        return  # the two are stored together
    if _was_issued(connection, known) if known is not None else _has_number(connection, quote_id):
        raise WrongState("The lines of a quote that was issued cannot be changed.")


def _was_issued(connection: Connection, quote: Quote) -> bool:
    """Whether it was issued before the changes that are being stored."""
    history = inspect(quote).attrs.issued_at.history
    before = history.deleted or history.unchanged
    return before[0] is not None if before else _has_number(connection, quote.id)


def _has_number(connection: Connection, quote_id: int) -> bool:
    return connection.scalar(select(Quote.issued_at).where(Quote.id == quote_id)) is not None
