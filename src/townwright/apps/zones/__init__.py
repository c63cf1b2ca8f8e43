"""The zone itself: kind, place, currency, language, calendar, area."""
