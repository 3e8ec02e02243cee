"""The settings: typed, within limits, and safe in production."""

import pytest

from nhi_express.core.config import UnsafeSettings, read

SAFE = {
    "NHI_ENV": "production",
    "NHI_SECRET_KEY": "k" * 50,
    "NHI_SITE_URL": "https://app.example.tw",
    "NHI_KEYS_DIR": "/srv/keys",
    "NHI_GATEWAY_URL": "https://gateway.example.tw/authorize",
}


def test_safe_production_settings_are_read() -> None:
    config = read(SAFE)
    assert (config.production, config.secure, config.site_host) == (True, True, "app.example.tw")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("NHI_SECRET_KEY", "short", "NHI_SECRET_KEY"),
        ("NHI_SITE_URL", "http://app.example.tw", "NHI_SITE_URL"),
        ("NHI_SANDBOX", "1", "NHI_SANDBOX"),
        ("NHI_GALLERY", "yes", "NHI_GALLERY"),
        ("NHI_KEYS_DIR", "var/keys", "NHI_KEYS_DIR"),
        ("NHI_GATEWAY_URL", "http://gateway.example.tw", "NHI_GATEWAY_URL"),
    ],
)
def test_production_refuses_unsafe_settings(name: str, value: str, told: str) -> None:
    with pytest.raises(UnsafeSettings, match=told):
        read({**SAFE, name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NHI_ATTEMPT_MINUTES", "6"),
        ("NHI_CHALLENGE_SECONDS", "301"),
        ("NHI_EMAIL_CODE_HOURS", "25"),
        ("NHI_LOG_MONTHS", "5"),
        ("NHI_SIM_SWAP_HOURS", "0"),
        ("NHI_ENV", "staging"),
    ],
)
def test_hard_limits_hold_in_every_environment(name: str, value: str) -> None:
    with pytest.raises(UnsafeSettings, match=name):
        read({"NHI_ENV": "test", name: value})


def test_a_value_of_the_wrong_type_is_named_without_being_repeated() -> None:
    with pytest.raises(UnsafeSettings) as caught:
        read({"NHI_DATABASE_POOL": "secret-typed-here"})
    assert "NHI_DATABASE_POOL" in str(caught.value)
    assert "secret-typed-here" not in str(caught.value)
