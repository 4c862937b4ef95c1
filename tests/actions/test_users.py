"""People: making them, knowing them again, shutting them out."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from betterform import clock
from betterform.actions import users
from betterform.db import transaction
from betterform.errors import InvalidInput, WrongState
from betterform.models.history import SYSTEM, HistoryEntry
from betterform.models.user import Role, User

PASSWORD = "correct horse battery staple"


def make(
    session: Session, email: str = "ada@example.org", role: Role = Role.STAFF, password: str = PASSWORD
) -> User:
    with transaction():
        return users.create(session, email=email, role=role, password=password, at=clock.now(), by=SYSTEM)


def test_an_address_is_kept_in_lower_case(session: Session) -> None:
    assert make(session, " Ada@Example.ORG ").email == "ada@example.org"


def test_a_password_is_kept_as_an_argon2_hash_only(session: Session) -> None:
    user = make(session)
    assert user.password_hash.startswith("$argon2id$")
    assert PASSWORD not in user.password_hash


def test_two_people_cannot_share_an_address(session: Session) -> None:
    make(session)
    with pytest.raises(InvalidInput, match="already a user"):
        make(session, "ADA@example.org")


@pytest.mark.parametrize(
    "email", ["", "ada", "ada@", "@example.org", "a b@example.org", "x" * 250 + "@example.org"]
)
def test_what_is_no_address_is_refused(session: Session, email: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        make(session, email)
    assert "email" in refused.value.fields


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("", "at least 12"),
        ("short-one-1", "at least 12"),
        ("x" * 201, "at most 200"),
        ("ada.lovelace@example.org", "must not be the e-mail address"),
        (" ADA.lovelace@example.org ", "must not be the e-mail address"),
    ],
)
def test_a_weak_password_is_refused(session: Session, password: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        make(session, "ada.lovelace@example.org", password=password)


@pytest.mark.parametrize("password", ["x" * 12, "y" * 200, "пароль-пароль", "🔐" * 12])
def test_any_password_of_fitting_length_will_do(session: Session, password: str) -> None:
    user = make(session, password=password)
    assert users.who_is(session, user.email, password) is user


def test_the_right_password_is_known_again(session: Session) -> None:
    user = make(session)
    assert users.who_is(session, "ADA@example.org ", PASSWORD) is user
    assert users.who_is(session, user.email, PASSWORD + "x") is None
    assert users.who_is(session, user.email, "") is None
    assert users.who_is(session, "nobody@example.org", PASSWORD) is None


def test_an_accent_typed_on_another_keyboard_is_the_same_password(session: Session) -> None:
    user = make(session, password="caf\u00e9-caf\u00e9-caf\u00e9")
    assert users.who_is(session, user.email, "cafe\u0301-cafe\u0301-cafe\u0301") is user


def test_a_disabled_person_is_nobody(session: Session) -> None:
    user = make(session)
    key = user.session_key
    with transaction():
        users.disable(session, user, at=clock.now(), by=SYSTEM)
    assert users.who_is(session, user.email, PASSWORD) is None
    assert user.session_key != key
    with transaction():
        users.enable(session, user, at=clock.now(), by=SYSTEM)
    assert users.who_is(session, user.email, PASSWORD) is user


def test_the_last_admin_cannot_be_shut_out(session: Session) -> None:
    admin = make(session, "one@example.org", Role.ADMIN)
    with pytest.raises(WrongState, match="last admin"), transaction():
        users.disable(session, admin, at=clock.now(), by=SYSTEM)
    make(session, "two@example.org", Role.ADMIN)
    with transaction():
        users.disable(session, admin, at=clock.now(), by=SYSTEM)
    assert not admin.is_active


def test_a_new_password_signs_out_everywhere(session: Session) -> None:
    user = make(session)
    key = user.session_key
    with transaction():
        users.set_password(session, user, "another-long-password", at=clock.now(), by=SYSTEM)
    assert user.session_key != key
    assert users.who_is(session, user.email, "another-long-password") is user
    assert users.who_is(session, user.email, PASSWORD) is None


def test_an_old_weak_hash_is_renewed_at_sign_in(session: Session) -> None:
    user = make(session)
    with transaction():
        user.password_hash = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    assert users.who_is(session, user.email, PASSWORD) is user
    with transaction():
        users.record_sign_in(user, PASSWORD, at=clock.now())
    assert "m=8," not in user.password_hash
    assert users.who_is(session, user.email, PASSWORD) is user


def test_a_broken_hash_lets_nobody_in(session: Session) -> None:
    user = make(session)
    for broken in ("", "plain", "$argon2id$broken"):
        with transaction():
            user.password_hash = broken
        assert users.who_is(session, user.email, PASSWORD) is None


def test_what_happened_to_a_person_is_in_the_history(session: Session) -> None:
    user = make(session)
    with transaction():
        users.disable(session, user, at=clock.now(), by=SYSTEM)
    entries = (
        session.query(HistoryEntry).filter_by(record_type="user", record_id=user.id).order_by(HistoryEntry.id)
    )
    assert [entry.event for entry in entries] == ["created", "disabled"]
