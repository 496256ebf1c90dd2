# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation and hints match the permission table."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
import yaml

from ansible_collections.flowlogs.aws.plugins.module_utils._core.error_hints.bucket_policy import policy_error_hint
from ansible_collections.flowlogs.aws.plugins.module_utils._core.error_hints.flow_logs import hint_for
from ansible_collections.flowlogs.aws.plugins.module_utils._core.error_hints.key_policy import key_policy_error_hint
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.catalog import MODULES
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.catalog import OPERATIONS
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.catalog import POLICIES
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.catalog import WITH
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.catalog import Need
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.catalog import actions_for_call
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.catalog import actions_of
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.catalog import calls_of
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.policies import SIZE_LIMITS
from tests.unit.meta.project import for_each
from tests.unit.meta.project import modules
from tests.unit.meta.project import read
from tests.unit.meta.project import read_yaml

GUIDE = "docs/docsite/rst/guide_permissions.rst"
# ec2:CreateAction is a condition key.
ACTION = re.compile(r"\b(?!ec2:CreateAction)(?:autoscaling|ec2|ecs|iam|kms|logs|s3|sts):[A-Z]\w+")

# Modules that need only the permissions of the modules that they run.
RUNS_OTHERS: dict[str, tuple[str, ...]] = {"flow_log_tasks": ()}


def actions_in(text: str) -> set[str]:
    """Return the actions in a text."""
    return set(ACTION.findall(text))


def code(names: Iterable[str]) -> str:
    """Return names in code style."""
    return ", ".join(f"``{name}``" for name in names)


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table of a guide."""
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for row in [heads, *rows]:
        lines += [("   * - " if number == 0 else "     - ") + cell for number, cell in enumerate(row)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def where(need: Need) -> str:
    """Return the resources of a permission."""
    conditions = [f"where ``{key}`` is ``{value}``" for _operator, key, value in need.conditions]
    return ", ".join(["all (``*``)" if need.resources == ("*",) else ", ".join(need.resources), *conditions])


def operations_table() -> str:
    """Return the table of permissions by operation."""
    rows = []
    for name, needs in OPERATIONS.items():
        for number, need in enumerate(needs):
            rows.append(("" if number else f"``{name}``", f"``{need.action}``", where(need), need.why))
    return table(("operation", "permission", "on", "needed to"), rows)


def policies_table() -> str:
    """Return the table of operations by named policy."""
    rows = [
        (f"``{name}``", code(names), *(code(one.get(name, ())) for one in WITH.values()))
        for name, names in POLICIES.items()
    ]
    return table(("policy", "operations", *(f"and with ``{option}``" for option in WITH)), rows)


def modules_table() -> str:
    """Return the table of operations by module."""
    rows = [(f"``{name}``", code(names)) for name, names in MODULES.items()]
    return table(("module", "operations"), rows)


def calls_table() -> str:
    """Return the table of calls whose permissions have other names."""
    needed = {call: actions_for_call(call) for call in sorted(calls_of(OPERATIONS))}
    rows = [
        (f"``{call}``", code(actions))
        for call, actions in needed.items()
        if [action.split(":")[1] for action in actions] != [call]
    ]
    return table(("call", "permissions"), rows)


def sizes_table() -> str:
    """Return the table of IAM's size limits."""
    rows = [("a managed policy", f"{SIZE_LIMITS['managed']:,}")]
    rows += [(f"all inline policies of a {kind}", f"{SIZE_LIMITS[kind]:,}") for kind in ("user", "group", "role")]
    return table(("what", "characters"), rows)


@pytest.mark.parametrize("make", [operations_table, policies_table, modules_table, calls_table, sizes_table])
def test_guide_tables_match_the_code(make) -> None:
    assert make() in read(GUIDE)


def test_guide_names_only_needed_permissions() -> None:
    # Named as not needed, or as needed by another principal.
    assert actions_in(read(GUIDE)) - {"iam:PassRole", "sts:AssumeRole"} == actions_of(OPERATIONS)


def test_every_module_is_in_the_table_except_flow_log_tasks() -> None:
    (runs_others,) = set(modules()) - set(MODULES)
    page = yaml.safe_load(read(f"plugins/modules/{runs_others}.py").split('"""')[1])
    assert page["options"]["tasks"]["suboptions"]["module"]["choices"] == sorted(MODULES)


@for_each(MODULES)
def test_module_names_the_permissions_that_it_needs(name: str) -> None:
    page = yaml.safe_load(read(f"plugins/modules/{name}.py").split('"""')[1])
    # This permission only adds details to denied calls.
    optional = actions_of(["decode_denials"])
    assert actions_in(" ".join(page["notes"])) - optional == actions_of({**MODULES, **RUNS_OTHERS}[name])


def test_filter_names_all_operations_and_policies() -> None:
    page = read_yaml("plugins/filter/flow_log_permissions_policies.yml")
    of_names, of_operations = page["DOCUMENTATION"]["options"]["_input"]["description"]
    assert set(re.findall(r"V\((\w+)\)", of_names)) == set(POLICIES)
    assert set(re.findall(r"V\((\w+)\)", of_operations)) == set(OPERATIONS)


@for_each(sorted(calls_of(["read", "create", "tag", "delete", "delivery_check"])))
def test_a_denied_call_names_the_permissions_that_may_be_missing(call: str) -> None:
    hint = hint_for(call, "UnauthorizedOperation" if call != "ListObjectsV2" else "AccessDenied", "")
    assert actions_in(hint) == set(actions_for_call(call))


@for_each(sorted(calls_of(["bucket_policy"])))
def test_a_denied_bucket_policy_call_names_its_permission(call: str) -> None:
    assert actions_in(policy_error_hint(call, "AccessDenied")) == set(actions_for_call(call))


@for_each(sorted(calls_of(["key_policy"])))
def test_a_denied_key_policy_call_names_its_permission(call: str) -> None:
    assert actions_in(key_policy_error_hint(call, "AccessDeniedException")) == set(actions_for_call(call))
