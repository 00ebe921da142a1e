"""How the tables came to be, one step a file; run by `safe_lib.store.migrate`."""
