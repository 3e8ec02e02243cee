"""The card component: reads an NHI card over PC/SC and hands it to the portal's page on the same computer."""

__version__ = "1.0.0"
