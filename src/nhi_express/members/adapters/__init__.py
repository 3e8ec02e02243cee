"""Who answers for the insured register."""
