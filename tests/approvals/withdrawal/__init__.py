"""Tests of taking down."""
