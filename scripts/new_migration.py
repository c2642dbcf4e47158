"""Draft a migration from what the records describe and the migrations do not make yet: scripts/new_migration.py "add x".

The draft is written beside the others in verify_service/kit/migrations/versions/; read it, mend it, and run the tests.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from alembic import command

from verify_service.kit.db import engine_for
from verify_service.kit.migrate import FOLDER, config_for, upgrade
from verify_service.kit.postgres import FORGETFUL, EmbeddedPostgres


def main(message: str) -> None:
    folder = Path(tempfile.mkdtemp(prefix="vs-"))
    number = len(list((FOLDER / "versions").glob("[0-9]*.py"))) + 1
    try:
        with EmbeddedPostgres(folder / "postgres", options=FORGETFUL) as server:
            engine = engine_for(server.ensure_database("draft"))
            upgrade(engine)
            with engine.connect() as connection:
                command.revision(config_for(connection), message, autogenerate=True, rev_id=f"{number:04}")
            engine.dispose()
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
