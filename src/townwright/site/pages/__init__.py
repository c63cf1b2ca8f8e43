"""The web's doors: each makes one call below and translates in and out."""
