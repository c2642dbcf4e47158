"""Bringing a database to the shape that this code needs, one process at a time."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

FOLDER = Path(__file__).parent / "migrations"
VERSION_TABLE = "schema_version"
LOCK = 0x7665726966  # "verif": any number that nobody else takes


class SchemaDiffers(Exception):
    def __init__(self, found: str | None, needed: str) -> None:
        self.found, self.needed = found, needed
        super().__init__(
            f"the database is at {found or 'no'} revision, this version needs {needed}: run `verify-service admin migrate`"
        )


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run the migrations up to `revision` in one transaction. A second process waits, and then finds nothing to do."""
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        command.upgrade(config_for(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Go back to `revision` ("base": no tables at all). Data of the removed tables are lost."""
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        command.downgrade(config_for(connection), revision)


def current(connection: Connection) -> str | None:
    """The revision that a database is at; None before the first migration."""
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    return context.get_current_revision()


def head() -> str:
    """The revision that this code needs."""
    revision = ScriptDirectory(str(FOLDER)).get_current_head()
    assert revision is not None
    return revision


def wait_for_head(engine: Engine, seconds_max: float) -> None:
    """Wait until the database answers and has the shape that this code needs. Raises SchemaDiffers.

    Whoever migrates may still be at it; and a worker of an older release must not touch a newer schema.
    """
    end = time.monotonic() + seconds_max
    found: str | None = None
    while True:
        with suppress(OperationalError), engine.connect() as connection:
            found = current(connection)
            if found == head():
                return
        if time.monotonic() > end:
            raise SchemaDiffers(found, head())
        time.sleep(0.1)


def config_for(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
