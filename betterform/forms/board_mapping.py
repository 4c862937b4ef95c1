"""What a person chose on the page of a board's columns. Its fields depend on the board."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from babel.numbers import list_currencies
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.datastructures import MultiDict

from betterform.forms.fields import clean
from betterform.models.board import WritePolicy
from betterform.monday.board_rows import NEW, Row, live_labels
from betterform.monday.board_view import BoardView
from betterform.monday.columns import labels_by_index
from betterform.monday.guessing import ShownColumn

ALL = "+all"  # instead of a field's name: have every column made that is missing
MOST_PRICES = 40


class BoardMappingForm:
    """The posted page, or an empty one.

    `seen` is the stamp of the mapping that the page showed, `key` belongs to this page alone, `shown` is
    the board as the page showed it, for when monday cannot be asked again. `prices` are the currencies
    whose price fields stand on the page without being mapped yet. `base` is what the page showed as saved,
    by field. `takes` is the field of which the person takes what is saved, "" for none. `told` where the
    page says beside the fields what somebody else saved.
    """

    def __init__(self, posted: MultiDict[str, str], *, secret: str) -> None:
        self._posted = posted
        self._signer = URLSafeSerializer(secret, salt="board as shown")
        self.seen = posted.get("seen", "")[:64]
        self.key = posted.get("key", "")[:64] or secrets.token_hex(16)
        self.told = "told" in posted
        self.takes = posted.get("take", "")[:60]
        self.adds_price = "add_price" in posted
        self.new_price = clean(posted.get("new_price")).upper()[:10] if self.adds_price else ""
        self.price_problem = ""
        self.prices = [code for code in posted.getlist("price")[:MOST_PRICES] if code in list_currencies()]
        if self.adds_price:
            self._add_price()

    def _add_price(self) -> None:
        if self.new_price not in list_currencies():
            self.price_problem = "Type the three letters of a currency, such as CHF."
        elif self.new_price not in self.prices:
            self.prices.append(self.new_price)

    @property
    def all_prices(self) -> list[str]:
        """The currencies of all price fields of the page, so that none is lost that somebody else took away."""
        posted = (
            name.removeprefix("column-price_") for name in self._posted if name.startswith("column-price_")
        )
        return list(dict.fromkeys([*self.prices, *(code for code in posted if code in list_currencies())]))

    @property
    def shown(self) -> BoardView | None:
        """The board as the page showed it, or None where it was not sent back unchanged."""
        try:
            return BoardView.from_kept(self._kept()["view"])
        except (BadSignature, KeyError, TypeError):
            return None

    @property
    def base(self) -> dict[str, dict[str, Any]]:
        """What the page showed as saved, by field; nothing where that was not sent back unchanged."""
        try:
            base: dict[str, dict[str, Any]] = self._kept()["base"]
        except (BadSignature, KeyError, TypeError):
            return {}
        return base

    def _kept(self) -> Any:
        return self._signer.loads(self._posted.get("shown", ""))

    def keep(self, view: BoardView, base: Mapping[str, Any]) -> str:
        """The board, and what is saved, as text that the page carries and cannot change."""
        kept: Any = self._signer.dumps({"view": view.kept(), "base": base})
        return kept.decode() if isinstance(kept, bytes) else str(kept)

    def fill(self, rows: Iterable[Row]) -> None:
        """Put into the rows what was chosen on the page; each notes the column that is saved, if another."""
        wanted, shown = self._posted.get("create", ""), self.shown
        for row in rows:
            if self.takes == row.field.name:
                continue
            saved = row.chosen
            name = row.field.name
            row.column_id = clean(self._posted.get(f"column-{name}", row.column_id))[:100]
            if wanted == name or (wanted == ALL and not row.column_id):
                row.column_id = NEW
            if (saved.id if saved is not None else "") != row.column_id:
                row.saved = saved.title if saved is not None else ""
            self._fill_policy(row)
            for column in row.labelled:
                self._fill_labels(row, column, _label_names(shown, column))

    def _fill_policy(self, row: Row) -> None:
        chosen = self._posted.get(f"policy-{row.field.name}")
        if chosen is None or row.field.is_read:
            return
        try:
            row.policy = WritePolicy(chosen)
        except ValueError:
            row.problem = "Choose how it is written: overwrite, only if empty, or never."

    def _fill_labels(self, row: Row, column: ShownColumn, renamed: Mapping[str, str]) -> None:
        present = live_labels(column)
        by_plain = {label.casefold(): label for label in present}
        for ours, _name in row.values:
            place = f"{row.field.name}-{column.id}-{ours}"
            chosen = self._posted.get(f"label-{place}")
            if chosen is None:
                continue
            if chosen == NEW:
                typed = " ".join(clean(self._posted.get(f"new-{place}")).split())
                row.labels[column.id][ours] = by_plain.get(typed.casefold(), typed)
                continue
            chosen = row.labels[column.id][ours] = renamed.get(chosen, chosen)[:200]
            if chosen not in present and row.column_id == column.id:
                row.label_problems[ours] = f"“{chosen[:60]}” is no label of this column any more."


def _label_names(shown: BoardView | None, column: ShownColumn) -> dict[str, str]:
    """The present names of a column's labels by those that the page showed: some were renamed meanwhile."""
    before = shown.column(column.id) if shown is not None else None
    now = labels_by_index(column.settings)
    earlier = labels_by_index(before.settings) if before is not None else {}
    return {text: now[index] for index, text in earlier.items() if index in now and text not in now.values()}
