"""Whatever is typed or posted: never an error of ours, and nothing typed is ever lost."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from betterform.forms.fields import clean
from betterform.models.quote import Quote
from tests.browser import Browser, Page
from tests.views.quotes.conftest import HTMX, Form

MODERATE = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
TEXT = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="0123456789.,'- −eE%", max_size=35),
    st.sampled_from(
        [
            "\0",
            "\x1b[0m",
            "<b>&\"'",
            "\u202eabc",
            "🧪" * 300,
            "9" * 30,
            "-1",
            "NaN",
            "1e9",
            "٣",
            "x" * 12_000,
            "\r\n\t",
        ]
    ),
)
HEAD = [
    "subject",
    "custom_quote_to",
    "deal_type",
    "date",
    "validity_days",
    "discount",
    "shipping",
    "notes",
    "terms",
]
LINE = ["name", "description", "quantity", "unit", "unit_price", "discount"]
HIDDEN = [
    "contact_id",
    "currency",
    "discount_kind",
    "shipping_tax",
    "prices_include_tax",
    "version",
    "product_id",
]
NAMES = st.one_of(
    st.sampled_from(
        [
            *HEAD,
            *HIDDEN,
            "action",
            "lines-1-name",
            "lines--name",
            "lines-",
            "lines-x-y",
            "lines-" + "9" * 40 + "-name",
        ]
    ),
    st.text(max_size=20).map(lambda text: f"lines-{text}"),
    st.text(max_size=20),
)
BUTTONS = st.one_of(
    st.just("save"),
    st.text(max_size=20),
    st.sampled_from(["add-line", "move-up:1", "issue", "keep-mine:1", "choose-contact:1"]),
)


def kept(text: str) -> str:
    """What a field shows again: blanks at its ends and what no document may hold are not kept."""
    return " ".join(clean(text).split())


@MODERATE
@given(
    head=st.dictionaries(st.sampled_from(HEAD), TEXT, max_size=5),
    line=st.dictionaries(st.sampled_from(LINE), TEXT, max_size=4),
)
def test_everything_typed_is_there_when_the_form_is_opened_again(
    form: Form, quote: Quote, head: dict[str, str], line: dict[str, str]
) -> None:
    key = quote.lines[0].key
    typed = head | {f"lines-{key}-{name}": text for name, text in line.items()}
    page = Page(form.browser.client.get(form.address))
    sent = form.browser.client.post(form.address, data={**page.form(form.address), **typed, "action": "save"})
    assert sent.status_code == 302
    again = Page(form.browser.client.get(form.address))
    assert again.status == 200
    shown = again.form(form.address)
    for name, text in typed.items():
        if is_figure(name):
            continue
        assert kept(shown[name]) == kept(text), name
    for name, text in typed.items():
        if is_figure(name) and f"error-{name}" in again.html and again.one("p", id=f"error-{name}").text:
            assert kept(shown[name]) == kept(text), name


def is_figure(name: str) -> bool:
    """Figures that could be read are written as the company writes them; others stay as they were typed."""
    return name.rsplit("-", 1)[-1] in (
        "validity_days",
        "discount",
        "shipping",
        "quantity",
        "unit_price",
        "date",
    )


@MODERATE
@given(
    fields=st.lists(st.tuples(NAMES, TEXT), max_size=12),
    button=BUTTONS,
    htmx=st.booleans(),
    live=st.booleans(),
)
def test_no_form_post_is_an_error_of_ours(
    form: Form, staff: Browser, fields: list[tuple[str, str]], button: str, htmx: bool, live: bool
) -> None:
    values = Page(staff.client.get("/quotes/new")).form("/quotes/new")
    data: dict[str, list[str]] = {"csrf_token": [values["csrf_token"]], "action": [button]}
    for name, text in fields:
        data.setdefault(name, []).append(text)
    address = "/quotes/1/totals" if live else form.address
    sent = staff.client.post(address, data=data, headers=HTMX if htmx else {})
    assert sent.status_code < 500
    assert staff.client.get(form.address).status_code == 200
