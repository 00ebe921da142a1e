"""Alembic's entry: run the steps on the connection that `safe_lib.store.migrate` hands over.

That connection is inside a transaction already, so a step that fails leaves the store as it was. A batch step copies
a table and so loses its triggers: such a step makes them again.
"""

from alembic import context

from safe_lib.store.migrations.for_postgresql import spoken
from safe_lib.store.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, render_as_batch=True)
with spoken(context.config.attributes["connection"]):
    context.run_migrations()
