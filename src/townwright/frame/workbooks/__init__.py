"""Workbooks in and out: reading by a form, templates, exports, and the import that lands whole or not at all."""
