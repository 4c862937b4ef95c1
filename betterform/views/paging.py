"""One page of a long list, and the addresses of its neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import request
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

Row = TypeVar("Row")

PAGE_SIZE = 50
FURTHEST_PAGE = 100_000


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """`rows` are those on page `number` (the first is 1) of `total` in all."""

    rows: list[Row]
    number: int
    total: int
    size: int = PAGE_SIZE

    @property
    def pages(self) -> int:
        return -(-self.total // self.size)

    @property
    def previous(self) -> int | None:
        return min(self.number - 1, self.pages) if self.number > 1 and self.pages else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.pages else None

    @property
    def first(self) -> int:
        return (self.number - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1 if self.rows else 0

    def address(self, number: int) -> str:
        """The address of another page of the same list, with the search kept."""
        kept = [(name, value) for name, value in request.args.items(multi=True) if name != "page"]
        return f"{request.path}?{urlencode([*kept, ('page', number)])}"


def page_of(session: Session, wanted: Select[Any], *, total: int | None = None) -> Page[Any]:
    """The page of `wanted` that the address asks for in `?page=`; nonsense means the first.

    `total` is how many there are in all, where that has been counted already.
    """
    if total is None:
        total = session.scalar(select(func.count()).select_from(wanted.order_by(None).subquery())) or 0
    number = number_asked_for()
    rows = session.scalars(wanted.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE))
    return Page(rows=list(rows.unique()), number=number, total=total)


def typed_search() -> str:
    """What was typed into the search of a list."""
    return request.args.get("q", "").strip()[:200]


def number_asked_for() -> int:
    """The page that `?page=` asks for; nonsense means the first."""
    return number_in(request.args.get("page", "1"))


def number_in(asked: str) -> int:
    """The number of a page as it was asked for; nonsense means the first."""
    return (
        min(max(int(asked), 1), FURTHEST_PAGE)
        if asked.isascii() and asked.isdigit() and len(asked) < 7
        else 1
    )
