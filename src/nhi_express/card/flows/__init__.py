"""The ceremonies of the card channel, one module each."""
