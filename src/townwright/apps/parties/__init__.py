"""Firms, institutions, public bodies and people; identifiers, memberships, relations."""
