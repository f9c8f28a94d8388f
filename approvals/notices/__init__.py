"""Notices by e-mail: one move, one mail, to the people whom it concerns."""
