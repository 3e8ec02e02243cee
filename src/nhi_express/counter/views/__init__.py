"""HTTP for counters, hotline and back office."""
