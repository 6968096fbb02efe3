"""The extensions. What a build is made from is looked at first, before any of it is imported."""

from compnet_book.sphinx import snapshot as snapshot
