"""HTTP for the units' room."""
