"""Pure arithmetic over columns: no Django, no clock, no network, no global state."""
