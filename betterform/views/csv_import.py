"""Importing a file: choose it, see what would happen, change what its columns mean, have it done."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from betterform import clock
from betterform.actions import (
    boards,
    catalogue_import,
    csv_columns,
    csv_files,
    import_plan,
    once,
    product_search,
)
from betterform.actions.catalogue_import import Noun, Order
from betterform.actions.csv_columns import ARCHIVED, Column
from betterform.actions.import_plan import Fate, Plan
from betterform.db import db, transaction
from betterform.errors import InvalidInput, OutOfDate
from betterform.forms.fields import clean
from betterform.forms.product import CATALOGUE_CURRENCIES
from betterform.models.board import BoardRole
from betterform.models.company import Company
from betterform.views import access, csv_upload, office
from betterform.views.csv_upload import CarriedFile
from betterform.views.paging import Page, number_in

ROWS = 100  # on a page of the preview


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the preview is made of; `mistakes` stand for the plan where the columns make no sense."""

    file: CarriedFile
    order: Order
    columns: list[Column]
    mistakes: list[str]
    plan: Plan | None


def upload_page(noun: Noun, *, problem: str = "") -> ResponseReturnValue:
    """Choose a file."""
    page = render_template(
        "imports/upload.html",
        title=f"Import {noun}",
        noun=noun,
        problem=problem,
        columns=_columns(noun, _currencies(noun, ())),
        latest=catalogue_import.latest(db.session(), noun),
        company=office.company(),
    )
    return page, 422 if problem else 200


def next_step(noun: Noun) -> ResponseReturnValue:
    """What was sent: a file, another look at it, or the word to import it."""
    try:
        file = csv_upload.uploaded()
        order, columns = _order(noun, file)
    except InvalidInput as problem:
        return upload_page(noun, problem=problem.message)
    outlook = _outlook(file, order, columns)
    if clean(request.form.get("action")) != "import" or outlook.mistakes:
        return _preview(outlook)
    try:
        counts = _imported(order)
    except OutOfDate as stale:
        db.session.rollback()
        return _preview(_outlook(file, order, columns), stale=stale.message)
    flash(_said(order, counts), "success")
    return redirect(url_for(f"{noun}.index"))


def _order(noun: Noun, file: CarriedFile) -> tuple[Order, list[Column]]:
    """What is asked for: the columns as chosen on the page, or as their headers say."""
    table = csv_files.read(file.text)
    currencies = _currencies(noun, table.header)
    columns = _columns(noun, currencies)
    if "carried" in request.form and not _brings_a_file():
        names = {column.name for column in columns}
        typed = (request.form.get(f"column-{place}", "") for place in range(len(table.header)))
        fields = [name if name in names else "" for name in typed]
    else:
        fields = csv_columns.guess(table.header, columns, with_prices=noun is Noun.PRODUCTS)
    order = Order(
        noun=noun,
        file_name=file.name,
        table=table,
        fields=tuple("" if name == ARCHIVED.name else name for name in fields),
        clears=request.form.get("clears") == "yes",
        locale=office.company().locale,
        currencies=currencies,
    )
    return order, columns


def _brings_a_file() -> bool:
    upload = request.files.get("file")
    return upload is not None and bool(upload.filename)


def _currencies(noun: Noun, header: tuple[str, ...]) -> tuple[str, ...]:
    if noun is Noun.CONTACTS:
        return ()
    in_use = product_search.currencies_in_use(db.session())
    return tuple(dict.fromkeys((*CATALOGUE_CURRENCIES, *in_use, *csv_columns.currencies_in(header))))


def _columns(noun: Noun, currencies: tuple[str, ...]) -> list[Column]:
    if noun is Noun.CONTACTS:
        return list(csv_columns.CONTACT_COLUMNS)
    return [*csv_columns.PRODUCT_COLUMNS, *map(csv_columns.price_column, currencies)]


def _outlook(file: CarriedFile, order: Order, columns: list[Column]) -> Outlook:
    mistakes = import_plan.mistakes_in(order.fields, {column.name: column.label for column in columns})
    plan = None if mistakes else catalogue_import.plan(db.session(), order)
    return Outlook(file, order, columns, mistakes, plan)


def _preview(outlook: Outlook, *, stale: str = "") -> ResponseReturnValue:
    order, plan = outlook.order, outlook.plan
    shown = clean(request.form.get("show")) or clean(request.form.get("shown"))
    fates = [Fate(shown)] if shown in set(Fate) else list(Fate)
    rows = plan.of(*fates) if plan is not None else []
    number = 1 if request.form.get("show") else number_in(request.form.get("page", "1"))
    number = min(number, max(1, -(-len(rows) // ROWS)))
    page = render_template(
        "imports/preview.html",
        title=f"Import {order.noun}: what will happen",
        noun=order.noun,
        outlook=outlook,
        stale=stale,
        shown=shown if shown in set(Fate) else "",
        fates=list(Fate),
        page=Page(rows=rows[(number - 1) * ROWS : number * ROWS], number=number, total=len(rows), size=ROWS),
        carried=csv_upload.packed(outlook.file.text),
        once=once.new_key() if stale else clean(request.form.get("once"))[:40] or once.new_key(),
        board=boards.of_role(db.session(), BoardRole(order.noun.value)),
        company=office.company(),
    )
    return page, 409 if stale else 422 if outlook.mistakes else 200


def _imported(order: Order) -> Counter[str]:
    """Have it done; the same page sent twice does it once."""
    key, by = clean(request.form.get("once"))[:40], access.author()
    fingerprint = clean(request.form.get("fingerprint"))
    try:
        with transaction() as session:
            if once.made_by(session, key, Company) is not None:
                return Counter()
            company, counts = catalogue_import.do(
                session, order, fingerprint=fingerprint, by=by, at=clock.now()
            )
            once.remember(session, key, company, at=clock.now())
            return counts
    except IntegrityError:  # the same page came twice at the same moment, and the other was first
        if once.made_by(db.session(), key, Company) is None:
            raise OutOfDate(catalogue_import.STALE) from None
        return Counter()


def _said(order: Order, counts: Counter[str]) -> str:
    if not counts:
        return "This file has been imported already: nothing was done again."
    parts = [f"{counts[fate.value]:,} {fate.value}" for fate in Fate if counts[fate.value]]
    return f"Imported {order.file_name or 'the file'}: {', '.join(parts)}."
