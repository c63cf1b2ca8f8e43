"""What firms report, period by period."""
