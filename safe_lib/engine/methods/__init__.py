"""From findings to an outcome: one module per method. A new method is code, and rare."""
