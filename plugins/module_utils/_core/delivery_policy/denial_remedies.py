# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What to do about statements that are in the way, by what their conditions ask for. PRIVATE to this collection.

A Deny is a control that somebody wants. No remedy may disable it: a statement about AWS services would never apply again
with an exemption of AWS services, and one about where the logs of services come from is to let the right source in.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ..iam_policy.document import Policy, Statement, name_of, statements_of
from .grants import DELIVERY_SERVICE

NAME_THE_ORGANIZATION = (
    "Set organization_id, in an inventory flow_log_organization_id, to the organization of the accounts that deliver."
)
#: For modules that write a policy, where organization_id means more than to tell the organization of accounts.
_ASK_WITH_THE_ORGANIZATION = (
    "That depends on the organization of the accounts that deliver: ask flow_log_destination_info with organization_id, in "
    "an inventory set flow_log_organization_id."
)
#: They go into the Condition of a Deny statement; IAM User Guide, "AWS global condition context keys",
#: aws:PrincipalIsAWSService and aws:PrincipalServiceName.
_EXEMPT_SERVICES = '"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}'
_EXEMPT_DELIVERY = json.dumps({"StringNotEqualsIfExists": {"aws:PrincipalServiceName": DELIVERY_SERVICE}})[1:-1]

_ORGANIZATION = "aws:sourceorgid"
#: They tell for whom a service works, and say nothing of other requests.
_SOURCES = (_ORGANIZATION, "aws:sourceorgpaths", "aws:sourceaccount", "aws:sourcearn")
#: They tell which principals may come, and over which network; a service is none of them, and comes from nowhere of it.
#: IAM User Guide, "Establish permissions guardrails using data perimeters", exempts all AWS services from such statements.
_PERIMETER = (
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principaltag",
    "aws:sourceip",
    "aws:sourcevpc",
    "aws:sourcevpcarn",
    "aws:sourcevpce",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
    "aws:vpcsourceip",
)
_ABOUT_SERVICES = ("aws:principalisawsservice", "aws:principalservicename", "aws:principalservicenameslist")


def denial_remedy(policy: Policy | None, positions: Iterable[int], organization: str | None) -> str:
    """Return what to do about Deny statements that block log delivery, or may.

    :param organization: of the sources, None if it is not known.
    """
    names: dict[str, list[str]] = {}
    for name, statement in _at(policy, positions):
        names.setdefault(_template(statement, organization), []).append(name)
    return "\n".join(template.replace("STATEMENT", f"statement {', '.join(each)}") for template, each in names.items())


def denial_warning(policy: Policy | None, positions: Iterable[int], sources: Iterable[str]) -> str:
    """Return the same for a module that writes the policy.

    :param sources: accounts, or the organization.
    """
    organization = next((source for source in sources if source.startswith("o-")), None)
    return denial_remedy(policy, positions, organization).replace(NAME_THE_ORGANIZATION, _ASK_WITH_THE_ORGANIZATION)


def organization_remedy(policy: Policy | None, positions: Iterable[int], organization: str | None) -> str:
    """Return what to do about Allow statements that let in an organization, while that of the sources is not known."""
    asked = any(_ORGANIZATION in _keys_of(statement) for _name, statement in _at(policy, positions))
    return NAME_THE_ORGANIZATION if asked and organization is None else ""


def _at(policy: Policy | None, positions: Iterable[int]) -> list[tuple[str, Statement]]:
    statements = statements_of(policy)
    return [(name_of(statements[position], position), statements[position]) for position in sorted(set(positions))]


def _keys_of(statement: Statement) -> dict[str, str]:
    """Return the condition keys in lower case, without what follows a slash, with how the statement spells them."""
    condition = statement.get("Condition")
    blocks = condition.values() if isinstance(condition, Mapping) else ()
    keys = [str(key) for block in blocks if isinstance(block, Mapping) for key in block]
    return {key.lower().split("/")[0]: key for key in keys}


def _is_about_services(statement: Statement, keys: Mapping[str, str]) -> bool:
    principal: Any = statement.get("Principal")
    return (isinstance(principal, Mapping) and set(principal) == {"Service"}) or any(
        key in keys for key in _ABOUT_SERVICES
    )


def _template(statement: Statement, organization: str | None) -> str:
    keys = _keys_of(statement)
    if _ORGANIZATION in keys and organization is None:
        return NAME_THE_ORGANIZATION
    sources = [keys[key] for key in _SOURCES if key in keys]
    if sources:
        return f"Add the source to the values of {', '.join(sources)} in STATEMENT."
    if keys and set(keys) <= set(_PERIMETER) and not _is_about_services(statement, keys):
        return f"Add to the Condition of STATEMENT: {_EXEMPT_SERVICES}"
    return f"Add to the Condition of STATEMENT: {_EXEMPT_DELIVERY}"
