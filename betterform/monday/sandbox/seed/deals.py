"""A handful of deals that were there before: name, contact, who looks after it, group, values."""

from __future__ import annotations

from typing import Any

DEALS: tuple[tuple[str, str | None, int | None, int, dict[str, Any]], ...] = (
    ("Teaching lab Rheintal", "Jürg Müller", 0, 0, {"Deal type": {"labels": ["New business"]}}),
    ("Spectrometers for Les Tilleuls", "Anaïs Dupont-Lefèvre", 1, 0, {"Deal type": {"labels": ["Tender"]}}),
    ("Calibration 2027", "Zoë van den Broek", 1, 0, {"Deal type": {"labels": ["Service"]}}),
    ("Class sets, spring term", "Siân Llewellyn", 0, 0, {"Notes": {"text": "Decides before Easter.\nBudget known."}}),
    ("Enquiry from the fair", None, None, 0, {}),
    ("Soil stations, second lot", "Emily Carter", 0, 1, {
        "Deal type": {"labels": ["Repeat order"]},
        "Quote number": "Q-2025-0112",
        "Quote date": {"date": "2025-10-02"},
        "Valid until": {"date": "2025-11-01"},
        "Currency": {"labels": ["USD"]},
        "Total": "4920.00",
        "Quote status": {"label": "Paid"},
        "Invoice number": "I-2025-0098",
        "PO number": "PO 77120-B",
    }),
)  # fmt: skip
