"""One class per column type: what may be written, and how it reads in the API and in webhooks."""

from __future__ import annotations

from betterform.monday.sandbox.cells.cell import Cell, Pen
from betterform.monday.sandbox.cells.contact import CountryCell, EmailCell, LinkCell, PhoneCell
from betterform.monday.sandbox.cells.labels import DropdownCell, StatusCell
from betterform.monday.sandbox.cells.links import BoardRelationCell, FileCell, PeopleCell
from betterform.monday.sandbox.cells.plain import CheckboxCell, DateCell, LongTextCell, NumbersCell, TextCell
from betterform.monday.sandbox.cells.readonly import FormulaCell, MirrorCell

CELLS: dict[str, Cell] = {
    "text": TextCell(),
    "long_text": LongTextCell(),
    "numbers": NumbersCell(),
    "checkbox": CheckboxCell(),
    "date": DateCell(),
    "status": StatusCell(),
    "dropdown": DropdownCell(),
    "link": LinkCell(),
    "email": EmailCell(),
    "phone": PhoneCell(),
    "country": CountryCell(),
    "board_relation": BoardRelationCell(),
    "people": PeopleCell(),
    "file": FileCell(),
    "mirror": MirrorCell(),
    "formula": FormulaCell(),
}

__all__ = ["CELLS", "Cell", "Pen"]
