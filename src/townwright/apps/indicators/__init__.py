"""Measured figures, published claims and their reconciliation."""
