"""The customer's key to a document: made at issue, found by its hash, revoked by staff."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from betterform.actions import history
from betterform.models.history import Author
from betterform.models.quote import Quote
from betterform.models.share_link import ShareLink, hash_of


def create(session: Session, quote: Quote, *, secret: str) -> ShareLink:
    """A new link to the issued quote."""
    link = ShareLink.to_quote(quote, secret=secret)
    session.add(link)
    return link


def find(session: Session, token: str) -> ShareLink | None:
    """The open link that `token` belongs to, or None; unknown and revoked are not told apart."""
    if not 20 <= len(token) <= 64:
        return None
    link = session.scalar(select(ShareLink).where(ShareLink.token_hash == hash_of(token)))
    return link if link is not None and link.is_open else None


def current(session: Session, quote: Quote) -> ShareLink | None:
    """The newest open link to `quote`."""
    return session.scalar(
        select(ShareLink)
        .where(ShareLink.quote_id == quote.id, ShareLink.revoked_at.is_(None))
        .order_by(ShareLink.id.desc())
        .limit(1)
    )


def is_open(session: Session, quote: Quote) -> bool:
    """Whether a customer can open `quote` by some link, though its address may be unknown to us."""
    return current(session, quote) is not None


def customer_url(session: Session, quote: Quote, *, public_url: str, secret: str) -> str | None:
    """The address handed to the customer, or None where no link is open.

    After a change of the secret key the old token cannot be derived again: None as well. `is_open`
    tells the two apart.
    """
    link = current(session, quote)
    if link is None or hash_of(link.token(secret)) != link.token_hash:
        return None
    return f"{public_url}/d/{link.token(secret)}"


def renew(session: Session, quote: Quote, *, secret: str, by: Author, at: datetime) -> ShareLink:
    """Revoke every open link to `quote` and make a new one."""
    revoke(session, quote, by=by, at=at)
    history.record(session, quote, "link renewed", by=by, at=at)
    return create(session, quote, secret=secret)


def revoke(session: Session, quote: Quote, *, by: Author, at: datetime) -> None:
    """Close every open link to `quote`."""
    links = session.scalars(
        select(ShareLink).where(ShareLink.quote_id == quote.id, ShareLink.revoked_at.is_(None))
    ).all()
    for link in links:
        link.revoked_at = at
    if links:
        history.record(session, quote, "link revoked", by=by, at=at)
