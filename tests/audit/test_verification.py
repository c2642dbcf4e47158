from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Engine, text

from verify_service.audit import log
from verify_service.audit.actor import system
from verify_service.audit.verification import AuditReport, Fault, Head, verify
from verify_service.kit.office import Office


def written(office: Office, count: int) -> None:
    for number in range(count):
        with office.transaction() as session:
            log.append(session, office, event=f"e{number}", actor=system("test"), facts={"number": number})


def checked(office: Office, *noted: Head) -> AuditReport:
    with office.transaction() as session:
        return verify(session, office.vault, noted=noted)


@pytest.fixture
def attack(engine: Engine) -> Callable[[str], None]:
    """What somebody can do who owns the database: switch the triggers off and write what they like."""

    def run(statements: str) -> None:
        with engine.begin() as connection:
            connection.execute(text("set local session_replication_role = replica"))
            for statement in statements.split(";"):
                connection.execute(text(statement))

    return run


def test_a_log_that_nobody_touched_is_whole(office: Office) -> None:
    written(office, 3)

    report = checked(office)

    assert report.whole
    assert report.head.count == 3


def test_an_empty_log_is_whole(office: Office) -> None:
    assert checked(office).whole


@pytest.mark.parametrize(
    ("statements", "faults"),
    [
        # Changed: any column of the entry.
        ("update audit_entries set event = 'x' where sequence = 2", [Fault("changed", 2)]),
        ("update audit_entries set actor_id = 'x' where sequence = 2", [Fault("changed", 2)]),
        ("update audit_entries set actor_kind = 'x' where sequence = 2", [Fault("changed", 2)]),
        ("update audit_entries set subject = 'x' where sequence = 2", [Fault("changed", 2)]),
        ("update audit_entries set resident_ref = gen_random_uuid() where sequence = 2", [Fault("changed", 2)]),
        ("update audit_entries set facts_text = '{}' where sequence = 2", [Fault("changed", 2)]),
        ("update audit_entries set at = at + interval '1 microsecond' where sequence = 2", [Fault("changed", 2)]),
        ("update audit_entries set hash = previous_hash where sequence = 2", [Fault("changed", 2), Fault("link", 3)]),
        # Deleted: at the begin, in the middle, with the numbers closed up behind it.
        ("delete from audit_entries where sequence = 1", [Fault("gap", 2), Fault("link", 2)]),
        ("delete from audit_entries where sequence = 3", [Fault("gap", 4), Fault("link", 4)]),
        (
            "delete from audit_entries where sequence = 4; update audit_entries set sequence = 4 where sequence = 5",
            [Fault("link", 4), Fault("changed", 4), Fault("cut", 4)],
        ),
        # Moved: two entries change places.
        (
            (
                "update audit_entries set sequence = 9 - sequence where sequence in (2, 3); "  # to 7 and 6
                "update audit_entries set sequence = sequence - 4 where sequence > 5"  # and back, crossed over
            ),
            [Fault("link", 2), Fault("changed", 2), Fault("link", 3), Fault("changed", 3), Fault("link", 4)],
        ),
        # Cut at the end, and all of it taken away.
        ("delete from audit_entries where sequence = 5", [Fault("cut", 4)]),
        ("delete from audit_entries", [Fault("cut", 0)]),
        # The head: gone, or pulled back without the keys.
        ("delete from audit_head", [Fault("head_missing", 5)]),
        ("update audit_head set hash = seal", [Fault("seal", 5), Fault("head_differs", 5)]),
        (
            (
                "delete from audit_entries where sequence = 5; "
                "update audit_head set count = 4, hash = (select hash from audit_entries where sequence = 4)"
            ),
            [Fault("seal", 4)],
        ),
    ],
)
def test_what_was_done_to_the_log_is_found(
    office: Office, attack: Callable[[str], None], statements: str, faults: list[Fault]
) -> None:
    written(office, 5)

    attack(statements)

    assert list(checked(office).faults) == faults


def test_an_entry_put_in_with_a_right_hash_is_found(office: Office, attack: Callable[[str], None]) -> None:
    written(office, 2)

    attack(
        "insert into audit_entries select 3, at, event, actor_kind, actor_id, subject, resident_ref, facts_text, hash, "
        "hash from audit_entries where sequence = 2"
    )

    assert Fault("changed", 3) in checked(office).faults


def test_a_database_put_back_to_an_older_copy_is_found_only_by_a_noted_head(
    office: Office, attack: Callable[[str], None]
) -> None:
    written(office, 3)
    attack("create table older as select * from audit_head")
    written(office, 2)
    noted = checked(office).head

    attack(
        "delete from audit_entries where sequence > 3; delete from audit_head; insert into audit_head select * from older; "
        "drop table older"
    )

    assert checked(office).whole
    assert checked(office, noted).faults == (Fault("noted_head", 5),)


def test_a_chain_goes_on_through_a_head_noted_earlier(office: Office) -> None:
    noted = [checked(office).head]
    written(office, 2)
    noted.append(checked(office).head)
    written(office, 2)

    assert checked(office, *noted).whole
    assert checked(office, replace(noted[1], hash=bytes(32))).faults == (Fault("noted_head", 2),)


def test_a_head_is_written_down_and_read_again() -> None:
    head = Head(12, bytes(range(32)))

    assert Head.parse(str(head)) == head


@pytest.mark.parametrize("text", ["", "3", "3:zz", "3:aa", "-1:" + "0" * 64, "x:" + "0" * 64])
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whichever part is wrong
        Head.parse(text)


def test_a_log_longer_than_a_page_is_read_to_its_end(office: Office) -> None:
    written(office, 5)

    with office.transaction() as session:
        report = verify(session, office.vault, rows_at_once=2)

    assert report.whole
    assert report.head.count == 5
