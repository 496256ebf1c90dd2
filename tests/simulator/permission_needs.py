# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The permissions that each API operation needs, by service. Others need ``service:Operation``.

Source: Service Authorization Reference, the pages of each service; more in the modules of the services.
"""

from __future__ import annotations

from collections.abc import Callable

from . import permission_needs_ec2
from . import permission_needs_iam
from . import permission_needs_kms
from . import permission_needs_s3
from . import permission_needs_sts
from .authorization_decision import Need
from .callers import Caller
from .requests import Call

_PREFIXES = {"tagging": "tag", "monitoring": "cloudwatch"}
"""Services whose action prefix differs from their signing name."""

_SERVICES: dict[str, Callable[[Call, Caller], "list[Need] | None"]] = {
    "ec2": permission_needs_ec2.needs_of,
    "iam": permission_needs_iam.needs_of,
    "kms": permission_needs_kms.needs_of,
    "s3": permission_needs_s3.needs_of,
    "sts": permission_needs_sts.needs_of,
}
"""Each returns what a call needs, or None if the operation is not in its table."""


def needs_of(call: Call, caller: Caller) -> list[Need]:
    """Return everything that a call needs, in the order of the checks."""
    of_service = _SERVICES.get(call.service)
    needs = of_service(call, caller) if of_service else None
    if needs is not None:
        return needs
    return [Need(f"{_PREFIXES.get(call.service, call.service)}:{call.operation}")]
