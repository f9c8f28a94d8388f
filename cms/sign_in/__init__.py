"""Signing in: a password, then the second factor where the account has one."""
