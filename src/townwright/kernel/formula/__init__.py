"""Rulebooks: who deserves what, and what it adds up to."""
