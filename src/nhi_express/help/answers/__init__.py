"""The answers to the fourteen questions, by subject."""
