from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from psycopg import sql
from sqlalchemy import Engine, text

import verify_service
from verify_service.kit.db import engine_for
from verify_service.kit.migrate import VERSION_TABLE, SchemaDiffers, current, downgrade, head, upgrade, wait_for_head
from verify_service.kit.postgres import EmbeddedPostgres
from verify_service.tables import RECORDS, all_tables


@pytest.fixture
def bare(postgres: EmbeddedPostgres) -> Iterator[Engine]:
    """A database in which nothing was ever made."""
    name = f"bare_{os.urandom(6).hex()}"
    engine = engine_for(postgres.ensure_database(name))
    yield engine
    engine.dispose()
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {}").format(sql.Identifier(name)))


def test_the_migrations_make_just_the_tables_that_the_code_describes(bare: Engine) -> None:
    upgrade(bare)

    with bare.connect() as connection:
        options = {"version_table": VERSION_TABLE, "compare_type": True, "include_object": is_ours}
        found = compare_metadata(MigrationContext.configure(connection, opts=options), all_tables())
        assert found == []
        assert current(connection) == head()


def is_ours(_: object, name: str | None, kind: str, reflected: bool, __: object) -> bool:
    return not (kind == "table" and reflected and name not in all_tables().tables)


def test_every_slice_that_has_rows_is_among_the_tables() -> None:
    package = Path(verify_service.__file__).parent
    described = {path.parent.name for path in package.glob("*/records.py")}

    assert described == {name.split(".")[1] for name in RECORDS if name.endswith(".records")}


def test_the_way_back_leaves_nothing(bare: Engine) -> None:
    upgrade(bare)

    downgrade(bare, "base")

    left = """
        select relname from pg_class where relnamespace = 'public'::regnamespace and relname not like 'schema_version%'
        union all select proname from pg_proc where pronamespace = 'public'::regnamespace
        union all select typname from pg_type where typnamespace = 'public'::regnamespace
            and typname not like '%schema_version'
    """
    with bare.connect() as connection:
        assert connection.execute(text(left)).all() == []
        assert current(connection) is None


def test_there_and_back_and_there_again(bare: Engine) -> None:
    upgrade(bare)
    downgrade(bare, "base")
    upgrade(bare)

    with bare.connect() as connection:
        assert current(connection) == head()


def test_a_database_that_is_up_to_date_is_left_alone(bare: Engine) -> None:
    upgrade(bare)
    upgrade(bare)

    with bare.connect() as connection:
        assert current(connection) == head()


def test_of_two_that_migrate_at_once_the_second_waits(bare: Engine) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: upgrade(bare), range(2)))

    with bare.connect() as connection:
        assert current(connection) == head()


def test_the_audit_log_of_a_migrated_database_is_append_only(bare: Engine) -> None:
    upgrade(bare)

    with bare.connect() as connection:
        triggers = connection.execute(
            text("select tgname from pg_trigger where not tgisinternal and tgname like 'audit%'")
        )
        assert set(triggers.scalars()) == {"audit_entries_append_only", "audit_head_stays", "audit_head_moves_on"}


def test_who_needs_the_schema_waits_for_who_makes_it(bare: Engine) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(wait_for_head, bare, 30)
        upgrade(bare)
        waiting.result()


def test_an_old_schema_is_not_worked_on(bare: Engine) -> None:
    with pytest.raises(SchemaDiffers, match="admin migrate"):
        wait_for_head(bare, 0.2)
