"""Executors of the typed representation: fused passes over integer programs, whole columns, and an interpreter on exact fractions."""
