"""Executors of the typed representation: blocked numpy, and an interpreter on exact fractions."""
