"""Submissions to the competition: written, read back and checked."""
