"""Who answers what this room asks of the outside world."""
