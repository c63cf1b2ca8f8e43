"""Measuring the pages of a large town: an invented one in a scratch home, the product's own server, and a load on loopback."""
