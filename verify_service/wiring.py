"""The one place where concrete parts are chosen: keys, database, blobs, queue, signer, eye. It refuses what must not meet."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import procrastinate

from verify_service.access.rates import RateLimits
from verify_service.biometrics.inference.manifest import Manifest
from verify_service.confirmation.keys import Signer, load_or_create_signer
from verify_service.decision.thresholds import load_thresholds
from verify_service.kit.blobs import Blobs
from verify_service.kit.clock import SystemClock
from verify_service.kit.crypto import Vault
from verify_service.kit.db import engine_for, sessions_for
from verify_service.kit.jobs import JobQueue
from verify_service.kit.keyring import KeyringExists, KeyringMissing, create_vault_keys, load_vault
from verify_service.kit.office import Environment, Office
from verify_service.kit.randomness import SystemRandomness
from verify_service.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

    from verify_service.biometrics.pipeline import Eye

# Keys made outside production carry this before their id, the vault's as well as the signer's.
DEMO_PREFIX = "demo-"


class StartRefused(Exception):
    """The service does not start like this."""


class NoDatabase(StartRefused):
    def __init__(self) -> None:
        super().__init__("VERIFY_DATABASE_URL is not set; `verify-service serve` brings a database of its own")


class NoManifest(StartRefused):
    def __init__(self, path: Path) -> None:
        super().__init__(f"there is no manifest of models at {path}: run it in the checkout, or set VERIFY_MANIFEST")


class VaultOfOtherEnvironment(StartRefused):
    """Demo keys never seal in production, nor keys of production anywhere else: a demo must not be a back door."""

    def __init__(self, key_id: str, environment: Environment) -> None:
        self.key_id, self.environment = key_id, environment
        super().__init__(f"the vault's key {key_id} does not belong to the environment {environment}")


def create_keys(folder: Path, environment: Environment) -> str:
    """Make the vault's keys. Returns the key's id. Raises KeyringExists."""
    randomness = SystemRandomness()
    name = f"{SystemClock().now():%Y%m%d}-{randomness.bytes(4).hex()}"
    key_id = name if environment == "production" else DEMO_PREFIX + name
    create_vault_keys(folder, key_id, randomness)
    return key_id


def vault_for(settings: Settings) -> Vault:
    """The vault. Outside production the first keys make themselves; in production a person makes them, once.

    Raises KeyringMissing, KeyringInvalid or VaultOfOtherEnvironment.
    """
    try:
        vault = load_vault(settings.keys, SystemRandomness())
    except KeyringMissing:
        if settings.environment == "production":
            raise
        with suppress(KeyringExists):  # another process was faster
            create_keys(settings.keys, settings.environment)
        vault = load_vault(settings.keys, SystemRandomness())
    for key_id in vault.key_encryption_keys:
        if key_id.startswith(DEMO_PREFIX) == (settings.environment == "production"):
            raise VaultOfOtherEnvironment(key_id, settings.environment)
    return vault


def signer_for(settings: Settings) -> Signer:
    """Raises SigningKeyError for keys that are missing, unreadable, open to others, or of another environment."""
    return load_or_create_signer(
        settings.keys, settings.environment, settings.public_url, SystemClock(), SystemRandomness()
    )


def office_for(settings: Settings) -> Office:
    """The office over the database of the settings. Raises NoDatabase and what vault_for raises."""
    if settings.database_url is None:
        raise NoDatabase
    blobs = (
        Blobs.at_url(settings.blob_url) if settings.blob_url else Blobs.in_folder(settings.var_dir.absolute() / "blobs")
    )
    return Office(
        environment=settings.environment,
        clock=SystemClock(),
        randomness=SystemRandomness(),
        sessions=sessions_for(engine_for(settings.database_url)),
        vault=vault_for(settings),
        blobs=blobs,
        queue=JobQueue(deferring_app(settings.database_url)),
    )


def deferring_app(database_url: str) -> procrastinate.App:
    """An app that only enqueues, in connections that it is given: its own pool is never opened."""
    return procrastinate.App(connector=procrastinate.SyncPsycopgConnector(conninfo=database_url))


def api_for(settings: Settings) -> FastAPI:
    """The API of this deployment. Raises StartRefused, KeyringError or SigningKeyError."""
    from verify_service.app import create_app
    from verify_service.health import Build
    from verify_service.kit.migrate import head
    from verify_service.verification.settings import ClipSettings

    rates = RateLimits(
        {
            "address": settings.calls_per_minute_address,
            "caller": settings.calls_per_minute_caller,
            "resident": settings.asks_per_minute_resident,
        }
    )
    thresholds = load_thresholds()
    clips = ClipSettings(
        byte_limit=settings.clip_bytes_max,
        seconds_min=thresholds.limits.clip_seconds_min,
        seconds_max=thresholds.limits.clip_seconds_max,
        queue_limit=settings.queue_limit,
    )
    models = {asset.role: asset.sha256 for asset in manifest_for(settings) if asset.kind == "model"}
    return create_app(
        office_for(settings),
        signer_for(settings),
        rates=rates,
        clips=clips,
        build=Build(models=models, thresholds_version=thresholds.version, thresholds=thresholds.values, schema=head()),
    )


def manifest_for(settings: Settings) -> Manifest:
    if not settings.manifest.is_file():
        raise NoManifest(settings.manifest)
    return Manifest.load(settings.manifest)


def eye_for(settings: Settings) -> Eye:
    """Every model, loaded and its hash checked. Raises ManifestError, or SandboxUnavailable where it is required."""
    # Late: the API and the command line never pay for the models' libraries.
    from verify_service.biometrics.pipeline import Eye

    limits = load_thresholds().limits
    return Eye.load(manifest_for(settings), limits, sandbox_required=settings.sandbox_required)


def tasks_for(settings: Settings, eye: Eye) -> procrastinate.App:
    """The worker's app with the tasks of all slices, over an office of its own."""
    from verify_service.confirmation import jobs as confirmation
    from verify_service.enrolment import jobs as enrolment
    from verify_service.photo_reading import PhotoReader
    from verify_service.verification import jobs as verification
    from verify_service.verification.process import Judge

    office = office_for(settings)
    assert settings.database_url is not None
    app = procrastinate.App(
        connector=procrastinate.PsycopgConnector(conninfo=settings.database_url, min_size=1, max_size=4)
    )
    confirmation.register(app, office)
    enrolment.register(app, office, PhotoReader(eye))
    verification.register(app, office, Judge(eye, load_thresholds(), signer_for(settings)))
    return app
