"""The rows of a store carried from one database to another of the same tables: from a server into a file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Integer, delete, func, insert, select

from safe_lib.store import server
from safe_lib.store.making import transaction
from safe_lib.store.migrate import migrate
from safe_lib.store.opening import PATIENCE, begin_reading, copied_file, make_file, open_file, open_new, shut
from safe_lib.store.tables import FACTS, METADATA
from safe_lib.store.trouble import told

AT_ONCE: Final = 500  # rows; a report is among them now and then


def snapshot(path: Path, to: Path, key: bytes) -> None:
    """A copy of a store as it is in one moment, as an encrypted file under the same key; who writes in it goes on meanwhile.

    Raises:
        StoreError: the disk does not take it, the server does not answer, or the store is damaged.
    """
    if server.address_of(path) is None:
        copied_file(path, to, key)
        return
    source = open_file(path, key, patience=PATIENCE)
    try:
        make_file(to)
        target = open_file(to, key, patience=PATIENCE)
        try:
            with told(path):
                begin_reading(source)
                with transaction(target):
                    migrate(target)
                    carry(source, target)
                source.rollback()
        finally:
            shut(target)
    finally:
        shut(source)


def settle(source: Connection, path: Path, address: str, key: bytes) -> None:
    """Bring a store from a file into a database on a server; `path` becomes the small file that names it.

    Raises:
        StoreError: there is a store in that database already, or the server does not take it; then nothing is left there.
    """
    server.make_place(path, address)
    try:
        target = open_new(path, key)
        try:
            with told(path), transaction(target):
                server.make_schema(path, target)
                migrate(target)
                carry(source, target)
                server.keep_check(target, key)
        finally:
            shut(target)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def carry(source: Connection, target: Connection) -> None:
    """Every row of every table, into tables that have none, in the order in which they refer to each other."""
    for table in METADATA.sorted_tables:
        found = source.execute(select(table).order_by(*table.primary_key))
        while rows := found.mappings().fetchmany(AT_ONCE):
            target.execute(insert(table), [dict(row) for row in rows])
        counted = [column for column in table.primary_key if isinstance(column.type, Integer)]
        if server.is_server(target) and len(counted) == len(table.primary_key) == 1 and not counted[0].foreign_keys:
            _count_on(target, table.name, counted[0].name)
    target.execute(delete(FACTS).where(FACTS.c.name == server.CHECK))


def _count_on(target: Connection, table: str, column: str) -> None:
    """The next row gets the next number."""
    last = target.execute(select(func.max(METADATA.tables[table].c[column]))).scalar()
    if last is not None:
        target.exec_driver_sql("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", (table, column, last))
