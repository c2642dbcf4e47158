from __future__ import annotations

from itertools import pairwise
from threading import Thread
from uuid import UUID

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError

from verify_service.access.records import ClientRecord
from verify_service.audit import log
from verify_service.audit.actor import Actor, system
from verify_service.audit.errors import FactsNotPlain, PersonalFacts
from verify_service.audit.records import AuditHeadRecord, AuditRecord
from verify_service.kit.office import Office

CLERK = Actor("staff", "0f5e")


def events(office: Office) -> list[tuple[int, str]]:
    with office.transaction() as session:
        rows = session.execute(select(AuditRecord.sequence, AuditRecord.event).order_by(AuditRecord.sequence))
        return [(row.sequence, row.event) for row in rows]


def test_an_entry_keeps_what_it_was_given(office: Office) -> None:
    resident = UUID(int=7)

    with office.transaction() as session:
        log.append(
            session,
            office,
            event="face.read",
            actor=CLERK,
            subject="case:1",
            resident_ref=resident,
            facts={"score": 0.5},
        )

    with office.transaction() as session:
        entry = session.scalars(select(AuditRecord)).one()
        assert (entry.sequence, entry.event, entry.actor_kind, entry.actor_id) == (1, "face.read", "staff", "0f5e")
        assert (entry.subject, entry.resident_ref, entry.facts) == ("case:1", resident, {"score": 0.5})
        assert entry.at == office.clock.now()


def test_entries_are_numbered_in_the_order_of_their_commits(office: Office) -> None:
    with office.transaction() as session:
        log.append(session, office, event="a", actor=CLERK)
        log.append(session, office, event="b", actor=CLERK)
    with office.transaction() as session:
        log.append(session, office, event="c", actor=CLERK)

    assert events(office) == [(1, "a"), (2, "b"), (3, "c")]


def test_a_rollback_takes_the_entry_back(office: Office) -> None:
    def append_and_fail() -> None:
        with office.transaction() as session:
            log.append(session, office, event="never", actor=CLERK)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        append_and_fail()

    assert events(office) == []


def test_a_session_that_was_rolled_back_does_not_write_the_entry_later(office: Office) -> None:
    with office.sessions() as session:
        log.append(session, office, event="never", actor=CLERK)
        session.rollback()
        log.append(session, office, event="kept", actor=CLERK)
        session.commit()

    assert events(office) == [(1, "kept")]


def test_a_rollback_to_a_savepoint_takes_only_the_inner_entries_back(office: Office) -> None:
    with office.transaction() as session:
        log.append(session, office, event="outer", actor=CLERK)
        savepoint = session.begin_nested()
        log.append(session, office, event="inner", actor=CLERK)
        with session.begin_nested():
            log.append(session, office, event="innermost", actor=CLERK)
        savepoint.rollback()
        with session.begin_nested():
            log.append(session, office, event="kept", actor=CLERK)

    assert events(office) == [(1, "outer"), (2, "kept")]


def test_twenty_sessions_at_once_make_one_chain(office: Office) -> None:
    def write(number: int) -> None:
        with office.transaction() as session:
            log.append(session, office, event=f"e{number}", actor=system("test"))

    threads = [Thread(target=write, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [sequence for sequence, _ in events(office)] == list(range(1, 21))
    with office.transaction() as session:
        hashes = [
            (row.previous_hash, row.hash) for row in session.scalars(select(AuditRecord).order_by(AuditRecord.sequence))
        ]
        head = session.scalars(select(AuditHeadRecord)).one()
        assert all(after[0] == before[1] for before, after in pairwise(hashes))
        assert (head.count, head.hash) == (20, hashes[-1][1])


def test_a_transaction_that_waits_on_a_row_does_not_dead_lock_with_one_that_logged_first(office: Office) -> None:
    # Given two sessions of which the first logs, then wants the row that the second holds while it logs too.
    with office.transaction() as session:
        session.add(ClientRecord(id=UUID(int=1), name="one", scopes=[], created_at=office.clock.now()))
    lock_row = text("select id from clients for update")

    with office.sessions() as first, office.sessions() as second:
        log.append(first, office, event="first", actor=CLERK)
        second.execute(lock_row)
        log.append(second, office, event="second", actor=CLERK)

        def go_on() -> None:
            first.execute(lock_row)
            first.commit()

        waiting = Thread(target=go_on)
        waiting.start()
        second.commit()
        waiting.join(10)

    assert events(office) == [(1, "second"), (2, "first")]


@pytest.mark.parametrize(
    "statement",
    [
        "update audit_entries set event = 'other'",
        "delete from audit_entries",
        "truncate audit_entries",
        "delete from audit_head",
        "truncate audit_head",
        "update audit_head set count = count - 1",
    ],
)
def test_the_database_refuses_to_rewrite_the_log(office: Office, engine: Engine, statement: str) -> None:
    with office.transaction() as session:
        log.append(session, office, event="a", actor=CLERK)

    with pytest.raises(DBAPIError, match=r"append-only|only moves on"), engine.begin() as connection:
        connection.execute(text(statement))

    assert events(office) == [(1, "a")]


@pytest.mark.parametrize("facts", [{"number": "11010519491231002X"}, {"a": [{"b": "is 110105194912310021!"}]}])
def test_facts_that_look_like_an_id_number_are_refused(office: Office, facts: dict[str, object]) -> None:
    with pytest.raises(PersonalFacts), office.transaction() as session:
        log.append(session, office, event="a", actor=CLERK, facts=facts)


def test_a_hash_in_hex_is_not_taken_for_an_id_number(office: Office) -> None:
    with office.transaction() as session:
        log.append(session, office, event="a", actor=CLERK, facts={"sha256": "1" * 18 + "ab" * 23})

    assert events(office) == [(1, "a")]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), b"bytes", object()])
def test_facts_must_be_plain_json(office: Office, value: object) -> None:
    with pytest.raises(FactsNotPlain), office.transaction() as session:
        log.append(session, office, event="a", actor=CLERK, facts={"value": value})


def test_numbers_keep_their_spelling_so_that_the_hash_holds(office: Office) -> None:
    with office.transaction() as session:
        log.append(session, office, event="a", actor=CLERK, facts={"big": 1e16, "one": 1.0, "name": "汉"})

    with office.transaction() as session:
        assert session.scalars(select(AuditRecord)).one().facts_text == '{"big":1e+16,"name":"汉","one":1.0}'
