# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Returns advice on Deny statements that block log delivery, based on their conditions. PRIVATE to this collection.

A Deny statement is a control, and no advice may disable it. An exemption of AWS services would switch off a statement
about services. A statement about the sources of services gets the right source instead.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ..iam_policy.document import Denials, Policy, Statement, statement_name, statement_names, statements_of
from .grants import DELIVERY_SERVICE

NAME_THE_ORGANIZATION = (
    "Set organization_id (in an inventory, flow_log_organization_id) to the organization of the accounts that deliver."
)
#: For modules that write a policy: there, organization_id grants to the whole organization.
_CHECK_WITH_ORGANIZATION = (
    "That depends on the organization of the accounts that deliver: run flow_log_destination_info with organization_id "
    "(in an inventory, flow_log_organization_id)."
)
#: For the Condition of a Deny statement; IAM User Guide, "AWS global condition context keys", aws:PrincipalIsAWSService
#: and aws:PrincipalServiceName.
_EXEMPT_SERVICES = '"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}'
_EXEMPT_DELIVERY = json.dumps({"StringNotEqualsIfExists": {"aws:PrincipalServiceName": DELIVERY_SERVICE}})[1:-1]

_ORGANIZATION = "aws:sourceorgid"
#: Keys that name the resource or account for which a service makes a request.
_SOURCES = (_ORGANIZATION, "aws:sourceorgpaths", "aws:sourceaccount", "aws:sourcearn")
#: Keys that restrict principals and networks. A service is none of these principals and uses none of these networks.
#: IAM User Guide, "Establish permissions guardrails using data perimeters", exempts all AWS services from them.
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
    """Return how to let log delivery pass Deny statements.

    :param positions: the statements that block log delivery or possibly do.
    :param organization: organization of the sources, None if unknown.
    """
    names: dict[str, list[str]] = {}
    for name, statement in _named_statements(policy, positions):
        names.setdefault(_template(statement, organization), []).append(name)
    return "\n".join(template.replace("STATEMENT", f"statement {', '.join(each)}") for template, each in names.items())


def denial_warning(
    target: str, policy: Policy | None, denials: Iterable[Denials], denied: str, sources: Iterable[str]
) -> str:
    """Return a warning about Deny statements for a module that writes the policy; ``""`` for none.

    :param target: ARN of the bucket or key.
    :param denials: the Deny statements by grant or request; evaluated only if the policy has a Deny statement.
    :param denied: what they deny, for example ``log delivery``.
    :param sources: accounts, or the organization.
    """
    if not any(statement.get("Effect") == "Deny" for statement in statements_of(policy)):
        return ""
    each = list(denials)
    certain = {position for found in each for position in found.certain}
    possible = {position for found in each for position in found.possible} - certain
    texts = []
    if certain:
        texts.append(f"denies {denied} (statement {statement_names(policy, certain)}), which overrides every grant")
    if possible:
        texts.append(f"may deny {denied} (statement {statement_names(policy, possible)})")
    if not texts:
        return ""
    organization = next((source for source in sources if source.startswith("o-")), None)
    remedy = denial_remedy(policy, certain | possible, organization)
    remedy = remedy.replace(NAME_THE_ORGANIZATION, _CHECK_WITH_ORGANIZATION)
    return f"The policy of {target} {' and '.join(texts)}. {remedy}"


def organization_remedy(policy: Policy | None, positions: Iterable[int], organization: str | None) -> str:
    """Return the advice to name the organization if Allow statements require one; ``""`` otherwise.

    :param organization: organization of the sources, None if unknown.
    """
    is_required = any(_ORGANIZATION in _condition_keys(item) for _name, item in _named_statements(policy, positions))
    return NAME_THE_ORGANIZATION if is_required and organization is None else ""


def _named_statements(policy: Policy | None, positions: Iterable[int]) -> list[tuple[str, Statement]]:
    statements = statements_of(policy)
    return [
        (statement_name(statements[position], position), statements[position]) for position in sorted(set(positions))
    ]


def _condition_keys(statement: Statement) -> dict[str, str]:
    """Return the condition keys: the key in lower case, without a part after a slash -> the key as in the statement."""
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
    """Return the advice on a statement, with ``STATEMENT`` for its name."""
    keys = _condition_keys(statement)
    if _ORGANIZATION in keys and organization is None:
        return NAME_THE_ORGANIZATION
    sources = [keys[key] for key in _SOURCES if key in keys]
    if sources:
        return f"Add the source to the values of {', '.join(sources)} in STATEMENT."
    if keys and set(keys) <= set(_PERIMETER) and not _is_about_services(statement, keys):
        return f"Add to the Condition of STATEMENT: {_EXEMPT_SERVICES}"
    return f"Add to the Condition of STATEMENT: {_EXEMPT_DELIVERY}"
