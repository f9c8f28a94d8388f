"""The two processes that answer HTTP, from one code base."""
