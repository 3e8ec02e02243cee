"""`python -m nhi_sandbox serve …`."""

from nhi_sandbox.commands import app

app(prog_name="nhi_sandbox")
