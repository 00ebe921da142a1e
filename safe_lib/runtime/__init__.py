"""Serving: the pages, the kernels behind them, JupyterLab, and what runs for a while."""
