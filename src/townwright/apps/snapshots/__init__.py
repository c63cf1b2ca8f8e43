"""Frozen records of a zone and a period."""
