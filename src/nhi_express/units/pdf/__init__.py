"""Letters with activation codes and slips that lead to the app, as PDF files."""

from nhi_express.units.pdf.font import unprintable
from nhi_express.units.pdf.pages import Letter, Slip, letters, slips

__all__ = ["Letter", "Slip", "letters", "slips", "unprintable"]
