"""Counters, hotline and back office at work."""
