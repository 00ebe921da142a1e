"""Brings the tables of a store to today's form, in the one transaction the caller has open.

Alembic costs half a second to import, so it is imported only when a store is new or old.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from safe_lib.model.errors import StoreError
from safe_lib.store.trouble import store_error

FOLDER: Final = Path(__file__).parent / "migrations"
VERSIONS: Final[tuple[str, ...]] = (  # every one; the last is today's
    "0001", "0002", "0003", "0004", "0020", "0030", "0031", "0040", "0050", "0051", "0052", "0053", "0054", "0055")

_VERSION = "SELECT version_num FROM alembic_version"
_HAS_VERSION = {
    "sqlite": "SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'",
    "postgresql": "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'alembic_version'",
}


def version_of(connection: Connection) -> str:
    """The version of the tables; empty for a file without any."""
    if not connection.exec_driver_sql(_HAS_VERSION[connection.dialect.name]).scalar():
        return ""
    return str(connection.exec_driver_sql(_VERSION).scalar() or "")


def must_migrate(connection: Connection, path: Path) -> bool:
    """The tables are older than this program.

    Raises:
        StoreError: they are newer, or the store was never finished.
    """
    version = version_of(connection)
    if not version:
        raise store_error(path, "the store was begun but never finished, and holds nothing.",
                          f"Remove it and {path.name}.key, then make it again.")
    if version not in VERSIONS:
        raise newer(path)
    return version != VERSIONS[-1]


def newer(path: Path) -> StoreError:
    """A later version of the program wrote this store."""
    return store_error(path, "this store was written by a newer version of the program; nothing in it was changed.",
                       "Install that version, or a later one, and open it again.")


def migrate(connection: Connection, to: str = "head") -> None:
    """Run the steps up to a version. The caller commits, or rolls back and has the store as it was."""
    from alembic import command
    from alembic.config import Config

    from safe_lib.store.sealing_old import seal_old

    config = Config(attributes={"connection": connection, "seal": seal_old})
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    command.upgrade(config, to)
