"""Scripts that measure; no part of the library."""
