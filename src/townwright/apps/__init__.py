"""The town: records below, judgement above."""
