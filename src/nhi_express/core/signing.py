"""The key by which this installation signs what it says to other parties (ES256), kept beside the vault's keysets."""

from functools import cache
from pathlib import Path

from joserfc.jwk import ECKey

from nhi_express.core.config import config
from nhi_express.core.vault import KeysMissing

_FILE = "signing.pem"


def make_signing_key(folder: Path) -> None:
    """Make the key in ``folder``. Raises :class:`FileExistsError` rather than replace one."""
    path = folder / _FILE
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(ECKey.generate_key("P-256").as_pem(private=True))


@cache
def signing_key() -> ECKey:
    """The key of this installation, its id the RFC 7638 thumbprint. Raises :class:`KeysMissing`."""
    try:
        key = ECKey.import_key((config().keys_dir / _FILE).read_bytes())
    except FileNotFoundError as error:
        raise KeysMissing(f"{_FILE} is missing: run `nhi-express keys init`") from error
    key.ensure_kid()
    return key
