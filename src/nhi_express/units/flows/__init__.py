"""Units at work: who acts for a unit, its lists, and the people it has invited."""
