"""Frozen records and errors that all layers share."""
