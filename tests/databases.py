"""The two databases that a store may be in, for tests that promise the same of both.

`SAFE_TEST_POSTGRESQL` holds the address of a throw-away server, such as `postgresql://postgres@/postgres?host=/tmp/server`.
`.ci/run` starts one; there its absence is a failure, elsewhere the tests on it are reported as not run.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from safe_lib.store import server

VARIABLE = "SAFE_TEST_POSTGRESQL"
BOTH = ("sqlite", "postgresql")
REMEDY = f"not run: no PostgreSQL here; start one and name it in {VARIABLE} (.ci/run shows how)"


def throw_away_server() -> str:
    """The address of the throw-away server; without one the test is not run, and in CI it fails."""
    address = os.environ.get(VARIABLE)
    if address is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(REMEDY)
    return address


@contextmanager
def stores_in(kind: str) -> Iterator[None]:
    """Every store that is made meanwhile is made there, each in a schema of its own, which is gone afterwards."""
    if kind == "sqlite":
        yield
        return
    address = throw_away_server()
    schemas: set[str] = set()

    def named(path: Path) -> str:
        schema = "t" + hashlib.sha256(str(path).encode()).hexdigest()[:24]
        schemas.add(schema)
        return f"{address}&schema={schema}"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "address_named", named)
        yield
    drop(address, schemas)


def leave_out_files(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests about the file of a store (marked `in_a_file`) are not asked of PostgreSQL."""
    out = {item for item in items if item.get_closest_marker("in_a_file") and getattr(item, "callspec", None) is not None
           and item.callspec.params.get("database") == "postgresql"}  # type: ignore[attr-defined]
    if out:
        config.hook.pytest_deselected(items=sorted(out, key=str))
        items[:] = [item for item in items if item not in out]


def drop(address: str, schemas: set[str]) -> None:
    """Take schemas away."""
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        for schema in schemas:
            connection.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE')


def without_trigger(connection: Any, table: str, change: str) -> None:
    """Somebody with the key of the file, or with the account of the database, takes away what refuses a change."""
    on = f" ON {table}" if server.is_server(connection) else ""
    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_no_{change}{on}")


def ask(connection: Any, statement: str, *values: object) -> Any:
    """A statement with `?` for its values."""
    return connection.exec_driver_sql(statement.replace("?", "%s") if server.is_server(connection) else statement, values)
