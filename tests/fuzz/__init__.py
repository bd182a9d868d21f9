"""Readers against bytes that nobody meant."""
