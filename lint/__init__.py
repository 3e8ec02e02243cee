"""House rules that ast-grep cannot say; the others stand in `rules/`. Each runs by itself: `python -m lint.sizes`."""
