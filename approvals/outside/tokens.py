"""Tokens for people outside the office: 256 bits that nobody guesses, of which the database has only the SHA-256.

They are looked up by that hash: what an index tells by its speed is about the hash, and nothing about the token.
A token is made of a seed and the key of the installation, so that a mail which waits to be sent needs no token at rest.
"""

import base64
import hashlib
import hmac
import re
import secrets
from typing import Any

from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

SEED_BYTES = 32
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class TokenUnknown(Exception):
    """Nothing has this token: somebody guesses, or has copied it badly."""


class TokenDead(Exception):
    """There was something with this token; it opens nothing any more."""


def new_seed() -> str:
    """256 random bits; 64 lower-case hex digits."""
    return secrets.token_hex(SEED_BYTES)


def made_of(seed: str) -> str:
    """The token of a seed: 43 characters that may stand in an address. Nobody makes it without SECRET_KEY."""
    made = salted_hmac("approvals.outside.tokens", seed, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def hash_of(token: str) -> str:
    """What the database has of a token; 64 lower-case hex digits."""
    return hashlib.sha256(token.encode()).hexdigest()


def found(rows: QuerySet, *, token: str) -> Any:
    """The row with this token, or None. rows: of a model with `token_hash`."""
    token_hash = hash_of(token) if TOKEN.fullmatch(token) else ""
    row = rows.filter(token_hash=token_hash).first()
    return row if row is not None and hmac.compare_digest(row.token_hash, token_hash) else None
