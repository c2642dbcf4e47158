"""What every command begins with, and how it ends when something must be mended first: with one sentence."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verify_service.settings import Settings


def begin(*, quiet: bool = False) -> Settings:
    """The settings, with logs going through the allow-list. `quiet`: only what is wrong is logged."""
    from verify_service import logs
    from verify_service.settings import Settings

    settings = Settings()
    logs.configure("WARNING" if quiet else settings.log_level)
    logs.catch_unhandled()
    return settings


@contextmanager
def plain_refusals(exit_code: int = 1) -> Iterator[None]:
    """Turn the errors that an operator can mend into a sentence on stderr; all others are faults of ours and stay loud."""
    try:
        yield
    except Exception as error:
        sentence = _sentence(error)
        if sentence is None:
            raise
        print(f"verify-service: {sentence}", file=sys.stderr)
        sys.exit(exit_code)


def _sentence(error: Exception) -> str | None:
    from pydantic import ValidationError

    from verify_service.access.errors import AdministrationError
    from verify_service.biometrics.inference.manifest import ManifestError
    from verify_service.biometrics.media.errors import SandboxUnavailable
    from verify_service.confirmation.errors import ConfirmationError
    from verify_service.kit.keyring import KeyringError
    from verify_service.kit.migrate import SchemaDiffers
    from verify_service.kit.postgres import PostgresError
    from verify_service.wiring import StartRefused

    if isinstance(error, ValidationError) and error.title == "Settings":
        # Without the values: one of them may be a database's password.
        faults = [f"VERIFY_{'_'.join(map(str, fault['loc'])).upper()}: {fault['msg']}" for fault in error.errors()]
        return "; ".join(faults)
    mendable = (
        StartRefused,
        KeyringError,
        ConfirmationError,
        ManifestError,
        PostgresError,
        SchemaDiffers,
        SandboxUnavailable,
        AdministrationError,
    )
    return str(error) if isinstance(error, mendable) else None
