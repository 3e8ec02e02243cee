"""The keys by which this installation signs, kept beside the vault's keysets: one for what it says to other parties
(ES256), one for the heads of its log (Ed25519)."""

from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from joserfc.jwk import ECKey

from nhi_express.core.config import config
from nhi_express.core.vault import KeysMissing

_FILE, _LOG_FILE = "signing.pem", "log.pem"


def make_signing_key(folder: Path) -> None:
    """Make both keys in ``folder``. Raises :class:`FileExistsError` rather than replace one."""
    _keep(folder / _FILE, ECKey.generate_key("P-256").as_pem(private=True))
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _keep(folder / _LOG_FILE, pem)


def _keep(path: Path, pem: bytes) -> None:
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(pem)


@cache
def signing_key() -> ECKey:
    """The key of this installation, its id the RFC 7638 thumbprint. Raises :class:`KeysMissing`."""
    try:
        key = ECKey.import_key((config().keys_dir / _FILE).read_bytes())
    except FileNotFoundError as error:
        raise KeysMissing(f"{_FILE} is missing: run `nhi-express keys init`") from error
    key.ensure_kid()
    return key


@cache
def log_key() -> Ed25519PrivateKey:
    """The key that signs the heads of the audit log. Raises :class:`KeysMissing`."""
    try:
        key = load_pem_private_key((config().keys_dir / _LOG_FILE).read_bytes(), None)
    except FileNotFoundError as error:
        raise KeysMissing(f"{_LOG_FILE} is missing: run `nhi-express keys init`") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeysMissing(f"{_LOG_FILE} holds another kind of key")
    return key
