"""Addresses of the public process: the read API and nothing else."""

urlpatterns: list = []
