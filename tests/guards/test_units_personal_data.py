"""Neither printing a letter nor finishing with its code leaves anything personal, or the code, behind."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from pypdf import PdfReader

from nhi_express.audit.models import Entry
from nhi_express.core import outbox
from nhi_express.enrolment.flows import invitations
from nhi_express.units import jobs
from nhi_express.units.flows.letters import print_due
from tests.guards.watch import watched
from tests.outside import Outside
from tests.tasks import drain
from tests.units.invited import UNIT, invited
from tests.visitor import Visitor, person


def test_letters_and_their_codes_leave_nothing_personal_behind(
    visitor: Callable[..., Visitor], sandbox: Outside, tmp_path: Path
) -> None:
    phone, stranger = visitor(strict=False), visitor(strict=False)
    one = person("staff_code")
    with watched(phone, stranger) as traces:
        invited("staff_code")
        invited("staff_mail", way="mail")
        gone = invited("staff_target")
        print_due(tmp_path)
        jobs.sweep()
        drain()
        invitations.remind(gone.id, UNIT, "an officer")
        invitations.withdraw(gone.id, UNIT, "示範沙盒股份有限公司", "an officer")
        (file,) = tmp_path.glob("*.pdf")
        pages = [page.extract_text() for page in PdfReader(file).pages]
        (page,) = [page for page in pages if one.name in page]
        code = re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", page)[0]
        stranger.type_activation_code(one.id_number, "7K3M-9PXD-2HWA")
        phone.type_activation_code(one.id_number, code).finish_by_code(one)
        assert phone.path == "/app/bind/unit/done"
        while outbox.send_due():
            pass
    assert traces.found() == []
    told = json.dumps([entry.payload for entry in Entry.objects.all()]) + " ".join(phone.seen)
    assert code not in told and code.replace("-", "") not in told
