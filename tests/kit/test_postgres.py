from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from verify_service.kit.postgres import FORGETFUL, EmbeddedPostgres, FolderInUse, StartFailed

OWNER = """
import sys, time
from pathlib import Path
from verify_service.kit.postgres import FORGETFUL, EmbeddedPostgres
EmbeddedPostgres(Path(sys.argv[1]), options=FORGETFUL).start()
print("started", flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def initialised() -> Iterator[Path]:
    """A database folder as initdb makes it, to be copied: initdb is the slow part."""
    folder = Path(tempfile.mkdtemp(prefix="vs-"))
    with EmbeddedPostgres(folder / "pg", options=FORGETFUL):
        pass
    yield folder / "pg"
    shutil.rmtree(folder)


@pytest.fixture
def folder(initialised: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="vs-"))
    subprocess.run(["cp", "--archive", initialised, folder / "pg"], check=True)
    yield folder
    shutil.rmtree(folder)


def count(server: EmbeddedPostgres) -> int:
    with psycopg.connect(server.url()) as connection:
        row = connection.execute("select count(*) from kept").fetchone()
        assert row is not None
        return int(row[0])


def test_it_is_postgresql_18_on_a_socket_for_its_owner_alone(folder: Path) -> None:
    with EmbeddedPostgres(folder / "pg", options=FORGETFUL) as server, psycopg.connect(server.url()) as connection:
        assert connection.info.server_version >= 180000
        assert connection.execute("show listen_addresses").fetchone() == ("",)
        socket = folder / "pg" / ".s.PGSQL.5432"
        assert socket.stat().st_mode & 0o777 == 0o700


def test_what_the_service_writes_is_synced_to_disk(folder: Path) -> None:
    with EmbeddedPostgres(folder / "pg") as server, psycopg.connect(server.url()) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert connection.execute(f"show {setting}").fetchone() == ("on",)


def test_what_was_written_is_there_after_a_restart(folder: Path) -> None:
    server = EmbeddedPostgres(folder / "pg", options=FORGETFUL)
    with server, psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("create table kept as select 1")

    with server:
        assert count(server) == 1


def test_a_folder_has_one_owner_at_a_time(folder: Path) -> None:
    with EmbeddedPostgres(folder / "pg", options=FORGETFUL) as server:
        with pytest.raises(FolderInUse):
            EmbeddedPostgres(folder / "pg", options=FORGETFUL).start()
        assert server.answers()


def test_a_server_stops_when_its_owner_is_killed_and_the_next_start_finds_all(folder: Path) -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER, str(folder / "pg")], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    assert owner.stdout.readline() == "started\n"
    server = EmbeddedPostgres(folder / "pg", options=FORGETFUL)
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("create table kept as select 1")
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    owner.stdout.close()

    began = time.monotonic()
    with server:
        assert count(server) == 1
    assert time.monotonic() - began < 10


def test_a_server_that_is_killed_itself_starts_again_over_the_same_folder(folder: Path) -> None:
    server = EmbeddedPostgres(folder / "pg")
    with server:
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute("create table kept as select 1")
        postmaster = int((folder / "pg" / "postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGKILL)
        psutil.wait_procs([psutil.Process(postmaster)], timeout=5)
        assert not server.alive()

        server.start()

        assert count(server) == 1


def test_a_pid_file_that_names_another_process_does_not_stop_the_start(folder: Path) -> None:
    server = EmbeddedPostgres(folder / "pg", options=FORGETFUL)
    with server:
        pass
    (folder / "pg" / "postmaster.pid").write_text(f"{os.getpid()}\n{folder / 'pg'}\n1\n5432\n\n\n1 1\nready\n")

    with server:
        assert server.answers()


def test_a_path_too_long_for_a_socket_gets_a_short_one(folder: Path) -> None:
    deep = folder / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    (folder / "pg").rename(deep / "pg")

    with EmbeddedPostgres(deep / "pg", options=FORGETFUL) as server:
        assert server.answers()
        assert "/tmp/verify-service-" in server.url()


def test_a_folder_of_another_version_is_refused_with_the_servers_own_words(folder: Path) -> None:
    server = EmbeddedPostgres(folder / "pg", options=FORGETFUL)
    with server:
        pass
    (folder / "pg" / "PG_VERSION").write_text("9\n")

    with pytest.raises(StartFailed, match="incompatible"):
        server.start()
    server.stop()


def test_a_database_is_made_once(folder: Path) -> None:
    with EmbeddedPostgres(folder / "pg", options=FORGETFUL) as server:
        first = server.ensure_database("office")
        assert server.ensure_database("office") == first
        psycopg.connect(first).close()
