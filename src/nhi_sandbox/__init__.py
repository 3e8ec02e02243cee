"""The outside world of NHI Express, played for try-outs and tests.

Mobile operators and their gateway, register data, an inbox and software phones. Everybody in it is invented.
It is a distribution of its own: a production installation never has it, and it never imports the site.
"""
