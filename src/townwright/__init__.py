"""Townwright: the operating platform for innovation towns, industrial parks and cooperation zones."""

__version__ = "0.1.0"
