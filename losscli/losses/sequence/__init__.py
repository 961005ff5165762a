"""Sequence losses: sequences of tokens or frames."""
