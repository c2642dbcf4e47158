"""What a deployment sets: environment variables with the prefix VERIFY_. README's table is made of the descriptions here."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from pydantic import Field, PositiveInt
from pydantic_settings import BaseSettings, SettingsConfigDict

from verify_service.kit.office import Environment


def _cores() -> int:
    return len(os.sched_getaffinity(0))


class Settings(BaseSettings):
    """Read once, at the start, by the entry points; everything below is given values."""

    model_config = SettingsConfigDict(env_prefix="VERIFY_", frozen=True, extra="forbid")

    environment: Environment = Field(
        default="development",
        description="`development`, `demo` (fixed challenges, credentials marked `demo`) or `production` (own keys and the "
        "decoder's sandbox are required)",
    )
    database_url: str | None = Field(
        default=None,
        description="A PostgreSQL of your own (`postgresql://…`). Without it, one is run under `VERIFY_VAR_DIR`",
    )
    var_dir: Path = Field(
        default=Path("var"), description="Where the service keeps what it writes: database, clips, keys"
    )
    key_dir: Path | None = Field(
        default=None,
        description="Folder of the keys, outside the database and its backups. Default: `keys` under `VERIFY_VAR_DIR`",
    )
    blob_url: str | None = Field(
        default=None,
        description="Store of the sealed clips and photos, for example `s3://bucket/prefix`. Default: the folder `blobs` "
        "under `VERIFY_VAR_DIR`",
    )
    manifest: Path = Field(
        default=Path("models/manifest.toml"), description="The manifest of the model files and their hashes"
    )
    host: str = Field(default="127.0.0.1", description="Address that the API listens on")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(default=8000, description="Port of the API; 0 takes a free one")
    public_url: str = Field(
        default="http://127.0.0.1:8000",
        description="The service's address as others see it: issuer of the confirmations",
    )
    trusted_proxies: str = Field(
        default="127.0.0.1",
        description="Addresses, comma-separated, whose X-Forwarded-For is believed for limits per address",
    )
    workers: PositiveInt = Field(default_factory=_cores, description="Worker processes. Default: one a core")
    worker_memory_bytes_max: PositiveInt = Field(
        default=2**30, description="A worker that is larger than this after a clip is replaced by a fresh one"
    )
    stop_seconds_max: PositiveInt = Field(
        default=25,
        description="How long a stop waits for running requests and clips before it ends them; the clip is looked at again",
    )
    clip_bytes_max: PositiveInt = Field(default=12_000_000, description="Largest clip that is taken")
    queue_limit: PositiveInt = Field(
        default=1000,
        description="Clips that may wait; further ones are answered 503 with Retry-After, and nothing is stored",
    )
    calls_per_minute_address: PositiveInt = Field(default=1200, description="Calls a minute from one address, then 429")
    calls_per_minute_caller: PositiveInt = Field(
        default=1200, description="Calls a minute with one client's or person's token, then 429"
    )
    asks_per_minute_resident: PositiveInt = Field(
        default=10, description="Attempts a minute to begin something for one ID number, known or not, then 429"
    )
    log_level: str = Field(default="INFO", description="`DEBUG`, `INFO`, `WARNING` or `ERROR`")

    @property
    def keys(self) -> Path:
        return self.key_dir or self.var_dir / "keys"

    @property
    def sandbox_required(self) -> bool:
        """In production a clip is decoded in the sandbox or not at all (threat T11)."""
        return self.environment == "production"
