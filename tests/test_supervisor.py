"""The whole service as real processes, killed in every way. Each test begins with the service ready."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
import pytest

from verify_service.biometrics.inference.manifest import Manifest, ManifestError
from verify_service.kit.postgres import EmbeddedPostgres

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS_MAX = 120  # on a machine that does much else
RECOVERY_SECONDS_MAX = 60

pytestmark = pytest.mark.slow


class Service:
    """`verify-service serve` over a folder of its own, on a free port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: subprocess.Popen[str] | None = None
        self.url = ""

    @property
    def supervisor(self) -> psutil.Process:
        assert self.process is not None
        return psutil.Process(self.process.pid)

    @property
    def database_url(self) -> str:
        return EmbeddedPostgres(self.folder / "postgres").url("verify_service")

    def start(self, **environment: str) -> str:
        """Start it and wait for its word. Returns the line."""
        variables = {
            "VERIFY_VAR_DIR": str(self.folder),
            "VERIFY_PORT": "0",
            "VERIFY_WORKERS": "1",
            "VERIFY_LOG_LEVEL": "INFO",
        }
        with (self.folder / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "verify_service", "serve"],
                cwd=ROOT,
                env={**os.environ, **variables, **environment},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()  # nothing at all if it ends first
        self.url = line.strip().removeprefix("ready ")
        return line

    def log(self) -> str:
        return (self.folder / "serve.log").read_text("utf-8")

    def child(self, command: str) -> psutil.Process:
        """The running process of `verify-service <command>`."""
        return next(p for p in self.supervisor.children() if command in p.cmdline()[3:4])

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(START_SECONDS_MAX)

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.process is not None and self.process.stdout is not None:
            self.process.stdout.close()

    def sql(self, query: str, *values: object) -> Any:
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            return connection.execute(query, values).fetchone()


def until(condition: Callable[[], bool], seconds: float = RECOVERY_SECONDS_MAX) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)


@pytest.fixture(scope="module", autouse=True)
def models() -> None:
    try:
        manifest = Manifest.load(ROOT / "models" / "manifest.toml")
        for asset in manifest:
            if asset.kind == "model":
                manifest.verified(asset.role)
    except ManifestError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    folder = Path(tempfile.mkdtemp(prefix="vs-"))
    service = Service(folder)
    assert service.start().startswith("ready http://127.0.0.1:"), service.log()
    yield service
    service.kill()
    time.sleep(0.5)  # the database hears of it from the kernel, and writes a last page
    shutil.rmtree(folder, ignore_errors=True)


def is_ready(service: Service) -> bool:
    try:
        return httpx.get(f"{service.url}/readyz", timeout=10).status_code == 200
    except httpx.HTTPError:
        return False


def test_ready_means_that_clips_can_be_looked_at(service: Service) -> None:
    body = httpx.get(f"{service.url}/readyz", timeout=10).json()

    assert body["ready"]
    assert body["checks"] == {"database": True, "schema": True, "workers": True}
    assert len(body["models"]["face_embedder"]) == 64
    assert len(body["thresholds_version"]) == 12
    assert body["thresholds"]["clip_seconds_min"] == 1.5


def test_a_killed_api_comes_back_and_callers_wait_instead_of_being_refused(service: Service) -> None:
    service.child("api").kill()

    # The socket is the supervisor's: this call waits in its queue until the next API takes it.
    assert httpx.get(f"{service.url}/healthz", timeout=RECOVERY_SECONDS_MAX).status_code == 200


def test_the_job_of_a_killed_worker_goes_to_the_next_one_at_once(service: Service) -> None:
    until(lambda: is_ready(service))
    worker = service.sql("select id from procrastinate_workers")[0]
    job = service.sql(
        "insert into procrastinate_jobs (queue_name, task_name, status, worker_id) values ('clips', 'test', 'doing', %s) "
        "returning id",
        worker,
    )[0]

    service.child("worker").kill()

    # It is put back when its worker's death is seen: long before the 30 s after which a heartbeat counts as missed.
    until(lambda: service.sql("select attempts from procrastinate_jobs where id = %s", job)[0] == 1, seconds=10)
    until(lambda: service.sql("select status::text from procrastinate_jobs where id = %s", job)[0] == "failed")
    assert service.sql("select count(*) from procrastinate_workers where id <> %s", worker)[0] == 1


def test_a_killed_database_comes_back_with_all_that_was_committed(service: Service) -> None:
    until(lambda: is_ready(service))
    with psycopg.connect(service.database_url, autocommit=True) as connection:
        connection.execute("create table kept as select 1 as one")
    postmaster = int((service.folder / "postgres" / "postmaster.pid").read_text().split()[0])

    os.kill(postmaster, signal.SIGKILL)

    until(lambda: is_ready(service))
    assert service.sql("select one from kept")[0] == 1


def test_a_killed_supervisor_leaves_nothing_that_stops_the_next_start(service: Service) -> None:
    until(lambda: is_ready(service))
    children = service.supervisor.children(recursive=True)

    service.kill()

    _, alive = psutil.wait_procs(children, timeout=30)
    assert alive == []
    assert service.start().startswith("ready http://"), service.log()
    assert is_ready(service)


def test_a_second_service_over_the_same_folder_is_refused_in_one_sentence(service: Service) -> None:
    second = Service(service.folder)

    assert second.start() == ""

    assert second.process is not None
    assert second.process.wait(START_SECONDS_MAX) == 1
    second.kill()
    assert "another process of the service runs the database" in service.log()
    assert is_ready(service)


def test_a_stop_ends_all_in_order_and_without_an_error(service: Service) -> None:
    children = service.supervisor.children(recursive=True)

    assert service.stop() == 0

    assert not any(child.is_running() for child in children)
    assert not (service.folder / "postgres" / "postmaster.pid").exists()
    assert "Traceback" not in service.log()


def test_a_changed_model_is_a_refusal_to_start(service: Service) -> None:
    models = service.folder / "models"
    models.mkdir()
    (models / "cache").symlink_to(ROOT / "models" / "cache")
    text = (ROOT / "models" / "manifest.toml").read_text("utf-8")
    sha256 = Manifest.load(ROOT / "models" / "manifest.toml").asset("face_embedder").sha256
    (models / "manifest.toml").write_text(text.replace(sha256, "0" * 64), "utf-8")

    assert service.start(VERIFY_MANIFEST=str(models / "manifest.toml")) == ""

    assert service.process is not None
    assert service.process.wait(START_SECONDS_MAX) == 1
    assert "the manifest pins 000000" in service.log()


def test_production_does_not_start_with_the_keys_of_this_demonstration(service: Service) -> None:
    assert service.start(VERIFY_ENVIRONMENT="production") == ""

    assert service.process is not None
    assert service.process.wait(START_SECONDS_MAX) == 1
    assert "does not belong to the environment production" in service.log()
