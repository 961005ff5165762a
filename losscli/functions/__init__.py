"""Functions: what many losses begin with."""
