"""What every room may use: sealed fields, limits, notices, time, randomness, HTTP."""
