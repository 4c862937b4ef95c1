"""Many records of one kind wanted on their board at once, as after an import."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from betterform.actions import deliveries
from betterform.models.delivery import Delivery, Target

AT_ONCE = 500


def want_all(session: Session, target: Target, ids: Sequence[int], *, at: datetime) -> None:
    """Have these records brought up to date, as deliveries.want does for one; the target is named as they are."""
    for start in range(0, len(ids), AT_ONCE):
        batch = ids[start : start + AT_ONCE]
        keys = {f"{target.value}:{id_}": id_ for id_ in batch}
        is_open = set(session.scalars(select(Delivery.open_key).where(Delivery.open_key.in_(keys))))
        fresh = {key: id_ for key, id_ in keys.items() if key not in is_open}
        singly = [id_ for key, id_ in keys.items() if key in is_open]
        if not _added(session, target, fresh, at=at):
            singly = list(keys.values())
        for id_ in singly:
            deliveries.want(session, target, record_type=target.value, record_id=id_, at=at)


def _added(session: Session, target: Target, fresh: dict[str, int], *, at: datetime) -> bool:
    """Whether they are stored; False when somebody opened one of them at the same moment: then none is."""
    session.flush()
    try:
        with session.begin_nested():
            session.add_all(
                deliveries.unsent(target, key, target.value, id_, at=at) for key, id_ in fresh.items()
            )
            session.flush()
    except IntegrityError:
        return False
    return True
