"""The site's public keys, fetched from its JWKS address when first needed and kept."""

import asyncio
import time
from typing import Final

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

_PAUSE: Final = 1.0
"""Seconds between two fetches: an unknown key id must not make us hammer the site."""


class SiteKeys:
    """Keys by their id (`kid`). An unknown id makes it look again, at most once a second."""

    def __init__(self, jwks_uri: str) -> None:
        self._uri, self._fetched, self._fetching = jwks_uri, 0.0, asyncio.Lock()
        self._keys: dict[str | None, ECKey] = {}

    async def find(self, kid: str | None) -> ECKey | None:
        """The P-256 key with this id; the only one if `kid` is None; None when there is no such key."""
        # Who comes while the keys are being fetched waits for them.
        async with self._fetching:
            if kid not in self._keys and time.monotonic() - self._fetched > _PAUSE:
                self._keys = await self._fetch()
                self._fetched = time.monotonic()
        return self._keys.get(kid)

    async def _fetch(self) -> dict[str | None, ECKey]:
        import httpx2  # a tenth of a second that the start need not wait for

        try:
            async with httpx2.AsyncClient(timeout=3, trust_env=False) as client:
                answer = await client.get(self._uri)
                keys = KeySet.import_key_set(answer.raise_for_status().json()).keys
        except (httpx2.HTTPError, JoseError, ValueError, KeyError):
            return self._keys
        found: dict[str | None, ECKey] = {key.kid: key for key in keys if isinstance(key, ECKey)}
        if len(found) == 1:
            found[None] = next(iter(found.values()))
        return found
