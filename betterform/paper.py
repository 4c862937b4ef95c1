"""What is printed: plain frozen data, shared by screen and print, stored with every issued document.

Nothing in here knows the database, Flask or WeasyPrint. Amounts are Decimals in the document's
currency, dates are calendar dates, texts are plain text (never HTML).
"""

from __future__ import annotations

import datetime
import hashlib
import json
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from decimal import Decimal
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

PaperKind = Literal["quote", "invoice", "credit_note"]
LineKind = Literal["item", "section", "text"]


@dataclass(frozen=True, slots=True)
class Sender:
    """The company whose letterhead it is."""

    name: str
    address: tuple[str, ...] = ()
    email: str = ""
    phone: str = ""
    website: str = ""
    vat_number: str = ""
    registration: str = ""
    bank: tuple[str, ...] = ()
    logo: str = ""  # a `data:` URL (PNG or SVG), or nothing
    logo_alt: str = ""
    footer: str = ""


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One row. `gross`, `discount_amount` and `net` include tax where `inclusive` is true."""

    kind: LineKind = "item"
    position: str = ""  # "1", "2", ... as printed
    name: str = ""
    catalogue_number: str = ""
    description: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    unit_price: Decimal | None = None
    discount: Decimal = Decimal(0)  # as typed: percent or amount, see discount_kind
    discount_kind: str = "none"  # none | percent | amount
    gross: Decimal | None = None
    discount_amount: Decimal | None = None
    net: Decimal | None = None
    tax_name: str = ""
    tax_percent: Decimal | None = None  # None: no tax
    inclusive: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class PaperTax:
    """One row of the tax summary. `exemption` is the wording the law wants printed, if any."""

    name: str
    percent: Decimal | None
    category: str  # EN 16931: S Z E AE K G O
    inclusive: bool
    base: Decimal
    amount: Decimal
    exemption: str = ""


@dataclass(frozen=True, slots=True)
class PaperDeduction:
    """One document that came before, taken off: an invoice on a final invoice, a credit note on a further one.

    Amounts are as printed on that document; a credit note's are negative where it lessens a deduction.
    total = net + tax; payable = total + rounding.
    """

    kind: str  # deposit | part | invoice | final | credit_note
    number: str
    date: datetime.date
    net: Decimal
    tax: Decimal
    total: Decimal
    rounding: Decimal = Decimal(0)
    payable: Decimal = Decimal(0)
    taxes: tuple[PaperTax, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole quote, invoice or credit note as the customer reads it."""

    kind: PaperKind
    language: str  # en | de | fr | it: of the labels
    locale: str  # of figures and dates, such as de_CH
    currency: str
    sender: Sender
    recipient: tuple[str, ...]  # address lines, the name first
    date: datetime.date
    draft: bool = False  # prints the watermark
    number: str = ""  # empty in a draft
    subject: str = ""  # the deal's name
    expiry: datetime.date | None = None  # quote: valid until the end of this day
    due: datetime.date | None = None  # invoice
    purchase_order: str = ""
    recipient_vat_number: str = ""
    recipient_email: str = ""
    prepared_by: str = ""
    prepared_by_email: str = ""
    deal_type: str = ""
    lines: tuple[PaperLine, ...] = ()
    subtotal: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)  # amount taken off the subtotal
    discount_percent: Decimal | None = None  # where it was given in percent
    discounted: Decimal = Decimal(0)  # price after discount
    shipping: Decimal = Decimal(0)
    shipping_tax_percent: Decimal | None = None
    shipping_inclusive: bool = False
    taxes: tuple[PaperTax, ...] = ()
    net: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    total: Decimal = Decimal(0)
    rounding: Decimal = Decimal(0)  # cash rounding, payable = total + rounding
    payable: Decimal = Decimal(0)
    # Of an invoice or credit note. Where there are deductions, the figures above are those of the whole,
    # `payable` excepted: it is always what this document asks for. The remaining ones are its own.
    invoice_kind: str = ""  # invoice | deposit | part | final
    share_percent: Decimal | None = None  # of a deposit given in percent
    order_number: str = ""  # the quote that it bills
    order_date: datetime.date | None = None
    credits_number: str = ""  # the invoice that a credit note takes back
    credits_date: datetime.date | None = None
    reason: str = ""
    service_from: datetime.date | None = None
    service_to: datetime.date | None = None
    payment_days: int | None = None
    deductions: tuple[PaperDeduction, ...] = ()
    remaining_net: Decimal = Decimal(0)
    remaining_tax: Decimal = Decimal(0)
    remaining_taxes: tuple[PaperTax, ...] = ()
    remaining_total: Decimal = Decimal(0)
    remaining_rounding: Decimal = Decimal(0)
    notes: str = ""
    terms: str = ""
    extras: dict[str, str] = field(default_factory=dict)  # further labelled facts, printed in order

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values: Decimals and dates as strings, exactly."""
        return {name: _plain(value) for name, value in asdict(self).items()}

    def fingerprint(self) -> str:
        """A short hash of all that is printed: the same for the same paper."""
        plain = json.dumps(self.to_json(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(plain.encode()).hexdigest()[:32]

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Paper:
        """The inverse of to_json. Keys that this version does not know are passed over."""
        paper: Paper = _revive(cls, data)
        return paper


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return value


def _revive(kind: Any, value: Any) -> Any:
    """The plain JSON `value` as an instance of the annotated type `kind`."""
    if get_origin(kind) in (Union, UnionType):
        if value is None:
            return None
        kind = next(option for option in get_args(kind) if option is not type(None))
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        known = {f.name for f in fields(kind)}
        return kind(**{name: _revive(hints[name], item) for name, item in value.items() if name in known})
    if get_origin(kind) is tuple:
        return tuple(_revive(get_args(kind)[0], item) for item in value)
    if kind is Decimal:
        return Decimal(value)
    if kind is datetime.date:
        return datetime.date.fromisoformat(value)
    return value
