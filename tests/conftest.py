"""What tests stand on: a real PostgreSQL, an empty office for each test, and the clips of the two media folders."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import procrastinate
import psycopg
import pytest
from sqlalchemy import Engine

from verify_service.biometrics.inference.manifest import AssetMissing, Manifest
from verify_service.kit.blobs import Blobs
from verify_service.kit.clock import HeldClock
from verify_service.kit.crypto import Vault
from verify_service.kit.db import engine_for, sessions_for
from verify_service.kit.jobs import JobQueue
from verify_service.kit.migrate import upgrade
from verify_service.kit.office import Office
from verify_service.kit.postgres import FORGETFUL, EmbeddedPostgres
from verify_service.kit.randomness import SeededRandomness

ROOT = Path(__file__).resolve().parents[1]
# A Monday, ten in the morning in Shenzhen.
HELD_AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)

# Emptying what a test filled takes 5 ms; a copy of a template database took 30 ms, and 300 ms on a busy machine.
# As a "replica" the session is stopped by no trigger: the audit log is append-only even for tests.
EMPTY_ALL_TABLES = """
DO $$ DECLARE name text; filled boolean; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_version' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I)', name) INTO filled;
        IF filled THEN EXECUTE format('DELETE FROM %I', name); END IF;
    END LOOP;
    PERFORM setval(format('%I', sequencename), 1, false)
        FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$
"""
DISCONNECT_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """One real PostgreSQL for the whole run, without fsync: it starts in a second and is thrown away."""
    # Not under pytest's own folder: the socket's path must stay short, and pytest closes that folder to other users.
    folder = Path(tempfile.mkdtemp(prefix="vs-"))
    with EmbeddedPostgres(folder / "pg", options=FORGETFUL) as server:
        yield server
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def office_database(postgres: EmbeddedPostgres) -> str:
    """A database as the migrations make it, with nothing in it."""
    url = postgres.ensure_database("office")
    engine = engine_for(url)
    upgrade(engine)
    engine.dispose()
    return url


@pytest.fixture
def database_url(office_database: str) -> Iterator[str]:
    """The URL of a database with all tables, empty at the test's begin."""
    yield office_database
    with psycopg.connect(office_database, autocommit=True) as connection:
        connection.execute(DISCONNECT_OTHERS)
        connection.execute(EMPTY_ALL_TABLES)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = engine_for(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def clock() -> HeldClock:
    """Stands at HELD_AT until the test moves it."""
    return HeldClock(HELD_AT)


@pytest.fixture
def randomness() -> SeededRandomness:
    return SeededRandomness(20260302)


@pytest.fixture
def vault(randomness: SeededRandomness) -> Vault:
    return Vault({"test-1": bytes(range(32))}, "test-1", b"a look-up secret for tests only..", randomness)


@pytest.fixture
def office(
    engine: Engine, clock: HeldClock, randomness: SeededRandomness, vault: Vault, tmp_path: Path, database_url: str
) -> Office:
    """An office of this test's own: empty database, held clock, seeded randomness, test keys, blobs in tmp_path.

    Jobs are enqueued for real; read them with `select … from procrastinate_jobs`.
    """
    queue = JobQueue(procrastinate.App(connector=procrastinate.SyncPsycopgConnector(conninfo=database_url)))
    blobs = Blobs.in_folder(tmp_path / "blobs")
    return Office("development", clock, randomness, sessions_for(engine), vault, blobs, queue)


@pytest.fixture(scope="session")
def manifest() -> Manifest:
    return Manifest.load(ROOT / "models" / "manifest.toml")


@pytest.fixture(scope="session")
def demo_media(manifest: Manifest) -> Callable[[str], Path]:
    """The path of a role of the manifest, its hash checked: `demo_media("media_talking_man")`."""

    def path_of(role: str) -> Path:
        try:
            return manifest.verified(role)
        except AssetMissing as error:
            _absent(str(error))

    return path_of


@pytest.fixture(scope="session")
def shared_media() -> Path:
    """The folder of test clips that is not part of the repository: VERIFY_MEDIA, else ../shared/data."""
    folder = Path(os.environ.get("VERIFY_MEDIA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        _absent(f"no test clips at {folder}; set VERIFY_MEDIA to the folder that holds them")
    return folder


def _absent(reason: str) -> NoReturn:
    """Skip, but on CI, where everything is there, absence is a fault of the set-up."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
