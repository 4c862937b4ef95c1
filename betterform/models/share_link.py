"""The customer's key to one document: long, random, revocable, never stored in plain."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from betterform.models.base import Base, Timestamped
from betterform.models.invoice import Invoice
from betterform.models.quote import Quote
from betterform.models.types import UtcDateTime


class ShareLink(Base, Timestamped):
    """The token is derived from `salt` and the secret key (192 bits); only its SHA-256 is stored.

    So a copy of the database opens no document, while the program can show the link again. After a
    change of the secret key the links in customers' hands still open; new ones are derived anew.
    """

    __tablename__ = "share_links"
    __table_args__ = (CheckConstraint("(quote_id IS NULL) <> (invoice_id IS NULL)", name="to_one_record"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    quote_id: Mapped[int | None] = mapped_column(ForeignKey("quotes.id"), index=True)
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoices.id"), index=True)
    salt: Mapped[str] = mapped_column(String(64))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    quote: Mapped[Quote | None] = relationship()
    invoice: Mapped[Invoice | None] = relationship()

    @classmethod
    def to_quote(cls, quote: Quote, *, secret: str) -> ShareLink:
        """A new link to `quote`, its token derived with the secret key."""
        link = cls(quote=quote, salt=secrets.token_hex(32))
        link.token_hash = hash_of(link.token(secret))
        return link

    def token(self, secret: str) -> str:
        """The token itself: 32 characters that are safe in a URL."""
        message = f"share-link:{self.salt}".encode()
        digest = hmac.new(secret.encode(), message, hashlib.sha256).digest()
        return urlsafe_b64encode(digest[:24]).decode()

    @property
    def is_open(self) -> bool:
        return self.revoked_at is None


def hash_of(token: str) -> str:
    """What the database keeps of a token. Fast on purpose: the token is random, not a password."""
    return hashlib.sha256(token.encode()).hexdigest()
