"""Experiments on inverse stability: when close functions have close parameters."""
