"""Which board plays which part, and which column holds which field: guessed from titles and types."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as settled
from typing import Any

from babel.numbers import list_currencies

from betterform.actions.board_mapping import known_label
from betterform.models.board import BoardRole
from betterform.models.quote import QuoteState
from betterform.monday.columns import labels_by_index
from betterform.monday.fields import FIELDS, Field, plain, price_field, words_in
from betterform.monday.places import language_code

BOARD_WORDS: dict[BoardRole, str] = {
    BoardRole.DEALS: (
        "deals | deal | quotes | opportunities | sales pipeline | pipeline | angebote | offerten "
        "| verkauf | affaires | ventes | devis | trattative | offerte | vendite"
    ),
    BoardRole.CONTACTS: (
        "contacts | contact | customers | clients | people | kontakte | kunden | adressen | "
        "clienti | contatti"
    ),
    BoardRole.PRODUCTS: (
        "products | product | catalogue | catalog | price list | articles | produkte | artikel | "
        "katalog | preisliste | produits | prodotti | articoli | listino"
    ),
}

STATE_WORDS: dict[QuoteState, str] = {
    QuoteState.DRAFT: "draft | in progress | open | new | working on it | entwurf | offen | brouillon | bozza",
    QuoteState.SENT: "sent | quoted | quote sent | waiting | pending | gesendet | versendet | envoye | inviato",
    QuoteState.ACCEPTED: "accepted | won | approved | angenommen | gewonnen | accepte | gagne | accettato",
    QuoteState.DECLINED: "declined | lost | rejected | abgelehnt | verloren | refuse | perdu | rifiutato",
    QuoteState.EXPIRED: "expired | abgelaufen | expire | scaduto",
    QuoteState.CANCELLED: "cancelled | canceled | storniert | annule | annullato",
    QuoteState.REPLACED: "replaced | superseded | ersetzt | remplace | sostituito",
    QuoteState.INVOICED: "invoiced | billed | done | verrechnet | fakturiert | facture | fatturato",
}


ABOUT_A_QUOTE = tuple(field for field in FIELDS[BoardRole.DEALS] if not field.is_read)

# How words begin that name the paper a column is about: "Invoice PDF" and "Rechnungsnummer" are no quote's.
QUOTE_WORDS = ("quot", "offer", "angebot", "devis", "preventiv", "betterform")
OTHER_DOCUMENTS = (
    "invoice | rechnung | faktur | facture | fattura | receipt | quittung | order | bestell | auftrag | commande | "
    "ordine | purchase | delivery | liefer | livraison | consegna | contract | vertrag | contrat | credit note | "
    "gutschrift | note de credit | nota di credito | reminder | mahnung"
)


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """A column as the board shows it."""

    id: str
    title: str
    type: str
    settings: Any = None

    @classmethod
    def read(cls, shown: Mapping[str, Any]) -> ShownColumn:
        return cls(str(shown["id"]), str(shown["title"]), str(shown["type"]), shown.get("settings"))


@dataclass(frozen=True, slots=True)
class Guess:
    """A column for a field, and our values to its labels where it has labels."""

    field: Field
    column: ShownColumn
    labels: dict[str, Any] = settled(default_factory=dict)


def roles_of(boards: Iterable[tuple[str, str]]) -> dict[BoardRole, str]:
    """The likeliest board of each role: `boards` are pairs of id and name, most recently used first."""
    found: dict[BoardRole, str] = {}
    shown = list(boards)
    for role, words in BOARD_WORDS.items():
        scored = [
            (_likeness(plain(name), words_in(words)), -place, board)
            for place, (board, name) in enumerate(shown)
        ]
        best = max((entry for entry in scored if entry[2] not in found.values()), default=None)
        if best is not None and best[0] > 0:
            found[role] = best[2]
    return found


def rivals_of(role: BoardRole, chosen: str, boards: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The boards whose names fit a role as well as that of the chosen one, which is left out."""
    words = words_in(BOARD_WORDS[role])
    shown = dict(boards)
    best = _likeness(plain(shown.get(chosen, "")), words)
    return [
        (board, name)
        for board, name in shown.items()
        if board != chosen and best and _likeness(plain(name), words) >= best
    ]


def columns_of(
    role: BoardRole, shown: Sequence[ShownColumn], *, contacts_board: str | None = None
) -> list[Guess]:
    """The likeliest column of each field of a board, each column given once.

    `contacts_board` is the id of the CONTACTS board, to which a deal's contact column leads.
    """
    fields = list(FIELDS[role])
    if role is BoardRole.PRODUCTS:
        fields += [
            price_field(currency) for currency in dict.fromkeys(filter(None, map(price_currency, shown)))
        ]
    scored = [
        (score, -place, -index, field, column)
        for place, field in enumerate(fields)
        for index, column in enumerate(shown)
        if (score := _fit(field, column, shown, contacts_board)) > 0
    ]
    guesses: list[Guess] = []
    for _score, _place, _index, wanted, column in sorted(scored, key=lambda entry: entry[:3], reverse=True):
        if any(guess.field == wanted or guess.column.id == column.id for guess in guesses):
            continue
        guesses.append(Guess(wanted, column, labels_for(wanted.name, column)))
    return sorted(guesses, key=lambda guess: fields.index(guess.field))


def _fit(wanted: Field, column: ShownColumn, shown: Sequence[ShownColumn], contacts_board: str | None) -> int:
    """How well a column fits a field; 0 is not at all. Titles count more than types."""
    if column.type not in wanted.types:
        return 0
    if wanted.name.startswith("price_"):
        return 300 if price_currency(column) == wanted.name.removeprefix("price_") else 0
    if wanted in ABOUT_A_QUOTE and is_of_another_document(column.title):
        return 0
    best_type = len(wanted.types) - wanted.types.index(column.type)
    score = _likeness(plain(column.title), wanted.words) * 100
    if wanted.name == "contact" and contacts_board and contacts_board in _linked_boards(column):
        score += 250
    alone = sum(other.type == column.type for other in shown) == 1
    if score == 0 and column.type in wanted.distinctive and alone:
        score = 50
    return score + best_type if score else 0


def is_of_another_document(title: str) -> bool:
    """Whether a column is, by its title, about an invoice, an order or the like, and not about a quote."""
    words = f" {plain(title)}"
    if any(f" {beginning}" in words for beginning in QUOTE_WORDS):
        return False
    return any(f" {beginning}" in words for beginning in words_in(OTHER_DOCUMENTS))


def _likeness(title: str, words: Sequence[str]) -> int:
    """3 when the title is one of the words, 2 when it begins or ends with one, 1 when it holds one."""
    if title in words:
        return 3
    if any(len(word) > 3 and (title.startswith(f"{word} ") or title.endswith(f" {word}")) for word in words):
        return 2
    return int(any(len(word) > 3 and f" {word} " in f" {title} " for word in words))


def price_currency(column: ShownColumn) -> str | None:
    """The currency of a column of prices, by its title ("Price CHF", "EUR", "price_usd"), or None."""
    if column.type not in ("numbers", "text"):
        return None
    title = column.title.replace("€", " EUR ").replace("£", " GBP ").replace("$", " USD ")
    known = list_currencies()
    codes = [
        word.upper() for word in re.split(r"[^A-Za-z]+", title) if len(word) == 3 and word.upper() in known
    ]
    sounds_like_price = re.search(r"pri[cxs]|prei|prez|tarif", plain(column.title))
    if len(set(codes)) != 1:
        return None
    return codes[0] if sounds_like_price or column.type == "numbers" else None


def _linked_boards(column: ShownColumn) -> set[str]:
    settings = column.settings if isinstance(column.settings, dict) else {}
    boards = settings.get("boardIds") or settings.get("board_ids") or []
    return {str(board) for board in boards}


def labels_for(name: str, column: ShownColumn) -> dict[str, Any]:
    """Our values to the labels of a column: a quote's states, by what offices call them; languages by code.

    A label that the board has is {"index", "label"}; one that it lacks is its words alone.
    """
    by_index = labels_by_index(column.settings)
    if name == "language":
        return {
            code: known_label(index, text)
            for index, text in by_index.items()
            if (code := language_code(text))
        }
    if name != "status" or column.type != "status":
        return {}
    found: dict[str, Any] = {}
    for state, words in STATE_WORDS.items():
        free = [
            (index, text)
            for index, text in by_index.items()
            if known_label(index, text) not in found.values()
        ]
        scored = [(_likeness(plain(text), words_in(words)), -index, text) for index, text in free]
        likeness, place, best = max(scored, default=(0, 0, ""))
        # What the board has no word for gets a label of its own name, made at the first write.
        found[state.value] = known_label(-place, best) if likeness else state.value.capitalize()
    return found
