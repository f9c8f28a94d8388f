"""Letters to subscribers: one mail for each correction and each withdrawal, to those outside who asked for it."""
