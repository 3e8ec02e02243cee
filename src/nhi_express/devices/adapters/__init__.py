"""Who answers for what the room asks of the outside: the WebAuthn library."""
