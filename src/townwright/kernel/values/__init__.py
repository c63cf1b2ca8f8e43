"""Values that every room shares: money, periods, bounds."""
