"""Margin losses: scores or distances that must differ by a margin."""
