"""Every column says whether it is sensitive, and what is sensitive is sealed or hashed."""

from __future__ import annotations

from itertools import chain

import pytest
from django.apps import apps
from django.db.models import BinaryField, CharField, Field
from oauth2_provider.models import AbstractApplication

OWN = [model for room in apps.get_app_configs() if room.name.startswith("nhi_express.") for model in room.get_models()]
# What units.Client has from the OAuth library is described there: names, kinds and a hashed secret; nothing personal.
THEIRS = {column.name for column in AbstractApplication._meta.local_fields}
COLUMNS = [
    column
    for column in chain.from_iterable(model._meta.local_fields for model in OWN)
    if not (issubclass(column.model, AbstractApplication) and column.name in THEIRS)
]


@pytest.mark.parametrize("column", [one for one in COLUMNS if one.name != "id"], ids=str)
def test_every_column_says_what_it_holds(column: Field[object, object]) -> None:
    assert column.db_comment, f"{column} has no db_comment"


@pytest.mark.parametrize("column", [one for one in COLUMNS if "SENSITIVE" in (one.db_comment or "")], ids=str)
def test_what_is_sensitive_is_sealed_or_hashed(column: Field[object, object]) -> None:
    comment = str(column.db_comment)
    sealed = isinstance(column, BinaryField) and "sealed" in comment
    hashed = isinstance(column, CharField) and ("hash" in comment or "argon2id" in comment)
    assert sealed or hashed
