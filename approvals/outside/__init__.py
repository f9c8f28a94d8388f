"""Consultation with one named person outside the office."""
