"""Policies assessed over snapshots, and the awards made from them."""
