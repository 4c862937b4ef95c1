"""Every address says who may open it."""

from __future__ import annotations

from flask import Flask

from betterform.views import access


def test_every_view_says_who_may_enter(app: Flask) -> None:
    silent = sorted(name for name, view in app.view_functions.items() if access.mark_of(view) is None)
    assert silent == [], "Mark the view with access.public, may, api or webhook (betterform/views/access.py)."


def test_what_changes_something_is_never_a_get(app: Flask) -> None:
    verbs = ("retry", "replay", "archive", "restore", "removal", "logout")
    careless = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.rstrip("/").rsplit("/", 1)[-1] in verbs and "GET" in (rule.methods or ())
    ]
    assert careless == []
