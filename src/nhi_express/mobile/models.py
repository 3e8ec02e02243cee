"""The operator table."""

from django.db import models

from nhi_express.mobile.rules import OperatorEntry


class Operator(models.Model):
    """A mobile operator on the list, from a day to a day. See :class:`nhi_express.mobile.rules.OperatorEntry`."""

    code = models.CharField(primary_key=True, max_length=24, db_comment="not personal")
    name_zh = models.CharField(max_length=60, db_comment="not personal")
    name_en = models.CharField(max_length=60, db_comment="not personal")
    kind = models.CharField(max_length=8, db_comment="mno or mvno; not personal")
    issuer = models.CharField(max_length=255, unique=True, db_comment="issuer of its tokens; not personal")
    token_endpoint = models.CharField(max_length=255, db_comment="not personal")
    api_root = models.CharField(max_length=255, db_comment="not personal")
    valid_from = models.DateField(db_comment="not personal")
    valid_to = models.DateField(null=True, db_comment="last day on the list; not personal")
    successor = models.CharField(max_length=24, null=True, db_comment="who took it over; not personal")  # noqa: DJ001

    class Meta:
        db_table_comment = "mobile operators"

    def entry(self) -> OperatorEntry:
        """The row as the rules read it."""
        return OperatorEntry(
            code=self.code,
            name_zh=self.name_zh,
            name_en=self.name_en,
            kind="mvno" if self.kind == "mvno" else "mno",
            issuer=self.issuer,
            token_endpoint=self.token_endpoint,
            api_root=self.api_root,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            successor=self.successor,
        )
