"""The API process: uvicorn over a socket that the supervisor holds, or one of its own."""

from __future__ import annotations

import socket
from collections.abc import Callable

import uvicorn

from verify_service import wiring
from verify_service.settings import Settings


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, report: Callable[[str], None]) -> None:
        super().__init__(config)
        self._report = report

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._report("ready")


def run(settings: Settings, report: Callable[[str], None], socket_fd: int | None) -> None:
    """Answer calls until SIGTERM; those that are running are finished first. `report` is told "ready".

    Raises StartRefused, KeyringError, SigningKeyError or ManifestError.
    """
    config = uvicorn.Config(
        wiring.api_for(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,  # logs.py has the say
        access_log=False,  # the boundary writes a line without path and query
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        # A little less than the supervisor's patience.
        timeout_graceful_shutdown=max(1, settings.stop_seconds_max - 2),
    )
    sockets = None if socket_fd is None else [socket.socket(fileno=socket_fd)]
    _Server(config, report).run(sockets)
