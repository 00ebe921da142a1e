"""Whether a database is as it was written: its pages, what refers to what, and the chain of its trail."""

from __future__ import annotations

from sqlalchemy import Connection

from safe_lib.store import server


def damages(connection: Connection) -> tuple[str, ...]:
    """What is wrong with the file itself, in SQLite's words; empty where every page is as it was written."""
    if server.is_server(connection):
        return server.damages(connection)
    found = [*connection.exec_driver_sql("PRAGMA cipher_integrity_check").scalars(),
             *connection.exec_driver_sql("PRAGMA integrity_check").scalars()]
    astray = connection.exec_driver_sql("PRAGMA foreign_key_check").scalars().all()
    return tuple(str(line) for line in found if line != "ok") + tuple(f"{table}: astray" for table in astray)
