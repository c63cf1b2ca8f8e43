"""The public site of a zone: what the town is, its figures with their sources, its policies, a calculator. No sign-in."""
