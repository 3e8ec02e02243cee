"""Invitations: registrations that a unit has begun, and that the member alone can finish."""
