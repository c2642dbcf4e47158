"""The office for a command: over the running service's database, or over the embedded one, started for the moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from verify_service import wiring
from verify_service.audit.actor import system
from verify_service.kit.db import engine_for
from verify_service.kit.migrate import current, upgrade
from verify_service.kit.office import Office
from verify_service.settings import Settings
from verify_service.supervisor import DATABASE, embedded

ADMIN = system("admin")


@contextmanager
def office(settings: Settings) -> Iterator[Office]:
    """An office over a migrated database. Raises StartRefused, KeyringError, SigningKeyError or PostgresError."""
    with migrated(settings) as (found, _):
        yield wiring.office_for(found)


@contextmanager
def migrated(settings: Settings) -> Iterator[tuple[Settings, str | None]]:
    """The settings with the URL of a database that was brought to its newest shape, and its revision."""
    with _database_url(settings) as url:
        engine = engine_for(url)
        upgrade(engine)
        with engine.connect() as connection:
            revision = current(connection)
        engine.dispose()
        yield settings.model_copy(update={"database_url": url}), revision


@contextmanager
def _database_url(settings: Settings) -> Iterator[str]:
    if settings.database_url is not None:
        yield settings.database_url
        return
    server = embedded(settings)
    if server.folder.exists() and server.answers():
        yield server.ensure_database(DATABASE)
        return
    with server:
        yield server.ensure_database(DATABASE)
