"""The operator's page holds the settings as they are."""

from pathlib import Path

from nhi_express.core.config import table

PAGE = Path(__file__).parents[2] / "docs" / "operate.md"


def test_the_table_of_settings_is_the_generated_one() -> None:
    assert table() in PAGE.read_text("utf-8")
