"""Accounts: how people come by one, sign in and prove who they are. What django-allauth does is not done here again."""
