"""``python -m nhi_express``."""

from nhi_express.cli import main

main()
