"""Addresses of a list: the same page with another order or filter, and without what says nothing."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import redirect, request
from werkzeug.wrappers import Response


def address(**changes: str) -> str:
    """This page with these arguments instead of its own, from its first page on; an empty one is left out."""
    kept = {name: value for name, value in request.args.items() if name not in changes and name != "page"}
    said = [(name, value) for name, value in {**kept, **changes}.items() if value]
    return f"{request.path}?{urlencode(said)}" if said else request.path


def tidied() -> Response | None:
    """Where a form of filters was sent with empty ones: on to the address that says only what was chosen."""
    if all(request.args.values()):
        return None
    said = [(name, value) for name, value in request.args.items(multi=True) if value]
    return redirect(f"{request.path}?{urlencode(said)}" if said else request.path)


def chosen(name: str, among: tuple[str, ...] | list[str]) -> str:
    """The argument of that name where it is one of those offered, else ""."""
    typed = request.args.get(name, "")
    return typed if typed in among else ""


def order_of(orders: tuple[str, ...] | list[str], usual: str) -> str:
    """The order asked for in `?order=`, with its minus."""
    typed = request.args.get("order", usual)
    return typed if typed.removeprefix("-") in orders else usual


def argument(name: str) -> str:
    """The argument of that name as it was typed, without what no database could hold."""
    return request.args.get(name, "").replace("\0", "").strip()[:200]
