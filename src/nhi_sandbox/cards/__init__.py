"""Invented cards: what they answer, who can tell them from copies, and the readers they are in."""
