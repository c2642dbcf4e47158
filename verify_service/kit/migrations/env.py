"""What Alembic runs for each command. The connection comes from `kit/migrate.py`, within a transaction and a lock."""

from __future__ import annotations

from typing import Any

from alembic import context

from verify_service.kit.migrate import VERSION_TABLE
from verify_service.tables import all_tables

metadata = all_tables()


def ours(_: Any, name: str | None, kind: str, reflected: bool, __: Any) -> bool:
    """The tables of procrastinate lie beside ours and are its own business."""
    return not (kind == "table" and reflected and name not in metadata.tables)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    include_object=ours,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
