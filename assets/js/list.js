// Lists: ticking rows, bulk acts, columns.
