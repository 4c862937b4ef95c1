"""The paper as HTML: one body for the screen and for print, made without Flask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache, partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from betterform.documents.direction import directed
from betterform.documents.figures import Figures, figures_for
from betterform.documents.labels import Labels, labels_for
from betterform.paper import Paper, PaperLine, PaperTax

# Figures of more characters than these get wider columns in smaller type.
WIDE, WIDEST = 12, 17

# Descriptions of more characters than this stand below their line, across all columns.
LONG_DESCRIPTION = 360


@lru_cache(maxsize=1)
def paper_environment() -> Environment:
    """The Jinja environment of the paper: escapes everything, refuses unknown names, knows no app."""
    environment = Environment(
        loader=PackageLoader("betterform", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["directed"] = directed
    return environment


def render_screen(paper: Paper, *, heading_level: int = 2) -> Markup:
    """The paper as a fragment for a page that links document.css.

    `heading_level` is the level of the paper's title among the page's headings, 1 to 4.
    """
    template = paper_environment().get_template("documents/_paper.html")
    html = template.render(paper_context(paper, heading_level=heading_level, screen=True))
    return Markup(html)  # noqa: S704, the environment escapes


def render_print(paper: Paper) -> str:
    """The whole HTML document that is printed. Its stylesheets are the engine's, it links none."""
    template = paper_environment().get_template("documents/print.html")
    return template.render(paper_context(paper, heading_level=1, screen=False))


def paper_context(paper: Paper, *, heading_level: int, screen: bool) -> dict[str, Any]:
    """What the templates may use, and nothing else."""
    labels, figures = labels_for(paper), figures_for(paper)
    items = [line for line in paper.lines if line.kind == "item"]
    widest = max((len(text) for text in _column_texts(items, figures)), default=0)
    return {
        "paper": paper,
        "labels": labels,
        "figures": figures,
        "title": f"{labels.title(paper.kind)} {paper.number}".strip(),
        "heading": f"h{heading_level}",
        "subheading": f"h{heading_level + 1}",
        "screen": screen,
        "has_discounts": any(line.discount_amount for line in items),
        "has_rates": has_several_rates(items),
        "width": column_width(widest),
        "long_description": LONG_DESCRIPTION,
        "has_shipping_rate": len(paper.taxes) > 1,
        "tax_title": partial(tax_title, labels=labels, figures=figures),
        "exemptions": unique(tax.exemption for tax in paper.taxes),
    }


def column_width(characters: int) -> str:
    """Which set of column widths holds figures of so many characters."""
    return "widest" if characters > WIDEST else "wide" if characters > WIDE else ""


def has_several_rates(items: list[PaperLine]) -> bool:
    """Whether the lines differ in their tax, so that each must say which."""
    return len({(line.tax_name, line.tax_percent, line.inclusive) for line in items}) > 1


def tax_title(tax: PaperTax, *, labels: Labels, figures: Figures) -> str:
    """What a tax is called: its own name, with the percentage where the name does not say it."""
    if tax.percent is None:
        return tax.name or labels.no_tax
    name = tax.name or labels.tax
    return name if "%" in name else f"{name} {figures.percent(tax.percent)}"


def unique(texts: Iterable[str]) -> list[str]:
    """The texts that are not empty, each once, in their order."""
    return list(dict.fromkeys(text for text in texts if text))


def _column_texts(items: list[PaperLine], figures: Figures) -> Iterator[str]:
    """What stands in the columns of figures, to see how wide they must be."""
    for line in items:
        if line.unit_price is not None:
            yield figures.price(line.unit_price)
        if line.net is not None:
            yield figures.amount(line.net)
        if line.discount_kind == "amount" and line.discount_amount:
            yield figures.amount(line.discount_amount)
