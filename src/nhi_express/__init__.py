"""NHI Express: registration for a national health insurer's online services, and the binding of phones to it."""
