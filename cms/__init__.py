"""Settings, addresses, the account, the worker."""

VERSION = "0.1.0"
