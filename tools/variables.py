# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes the page with all variables, docs/docsite/rst/reference_variables.rst.

``python -m tools.variables --write`` writes it, ``--check`` fails if it is not up to date. Types, choices, defaults and meanings come
from the argument specs of the roles and the documentation of the modules. This file has only the order, the examples, and what
no argument spec describes.
"""

from __future__ import annotations

import argparse
import functools
import pathlib
import re
import sys
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from ansible_collections.flowlogs.aws.plugins.plugin_utils._discovery.accounts import GAPS_VARIABLE
from ansible_collections.flowlogs.aws.plugins.plugin_utils._discovery.targets import FACTS
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import FACTS_READ
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import RUN_VARIABLES
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import VARIABLES

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "docsite" / "rst" / "reference_variables.rst"
ROLES = ("publish_to_s3", "drift_report")
#: Modules whose options the variables set. The first with an option of the name describes a flow log.
MODULES = (
    "s3_flow_log",
    "flow_log_bucket_policy",
    "flow_log_key_policy",
    "flow_log_destination_info",
    "flow_log_report",
)
INVENTORY = "flow_log_"
PUBLISH = "publish_to_s3_"
REPORT = "drift_report_"

#: Inventory variable -> variable of the role with the same meaning, if they do not have the same name after the prefix.
OTHER_ROLE_NAMES = {"bucket_policy": "manage_bucket_policy", "key_policy": "manage_key_policy"}
#: Variable without its prefix -> what sets the same in a module, if it is not the option of the same name.
OTHER_OPTIONS = {
    "aws": "connection options of the modules",
    "bucket_aws": "connection options of the modules",
    "key_aws": "connection options of the modules",
    "region": "``region`` of all modules",
    "account_id": "``expected_account_id`` of all modules",
    "expected_account_id": "``expected_account_id`` of all modules",
    "resource_id": ":ansopt:`flowlogs.aws.s3_flow_log#module:resource_ids` of ``s3_flow_log``",
    "bucket_policy": "module :ansplugin:`flowlogs.aws.flow_log_bucket_policy#module`",
    "key_policy": "module :ansplugin:`flowlogs.aws.flow_log_key_policy#module`",
    "check_destination": "module :ansplugin:`flowlogs.aws.flow_log_destination_info#module`",
    "preflight": "module :ansplugin:`flowlogs.aws.flow_log_permissions_info#module`",
}


@dataclass(frozen=True)
class Spec:
    """What is known of a variable.

    :param default: as YAML, or an empty text if the meaning says it.
    """

    type: str
    meaning: str
    default: str = ""
    choices: tuple[str, ...] = ()


#: Variables that no argument spec describes, or that differ from the role's variable of this name.
OWN: Mapping[str, Spec] = {
    "resource_id": Spec("str", "Id of the resource. The default is the name of the host."),
    "account_id": Spec(
        "str", "Account that owns the target, 12 digits in quotes. The credentials must belong to it.", "required"
    ),
    "region": Spec("str", "Region of the target.", "required"),
    "regions": Spec(
        "list",
        "Regions that the bucket policy allows. The default is the Regions of the targets; an empty list means every Region.",
    ),
    "layouts": Spec(
        "list",
        "Layouts of folders that the bucket policy allows. The default follows from the settings of the targets.",
        choices=("plain", "hive"),
    ),
    "bucket_region": Spec("str", "Region of the bucket. Required with ``flow_log_create_bucket``."),
    "preflight": Spec("bool", "Whether to check the permissions before anything is done.", "false"),
    "hosts": Spec("str", "Pattern of the hosts that are targets.", "all"),
    "retire": Spec("bool", "Consent to delete flow logs, for the playbook ``retire``.", "false"),
    "delivery_hours": Spec(
        "int", "Check whether each flow log delivered in the last 1 to 168 hours, for a run with a report."
    ),
    "with_report": Spec("bool", "Whether ``publish_to_s3`` also writes the drift report.", "false"),
    "strict": Spec("bool", "Whether a misspelt variable fails the run before anything is done.", "false"),
    "allow_empty": Spec("bool", "Whether a run without any target succeeds.", "false"),
    "fail_on_gaps": Spec(
        "bool",
        "Whether a run fails for anything that the inventory could not read. The default is only for accounts without any target.",
    ),
    "inventory_gaps": Spec("list", "What the inventory could not read, a variable of the group ``all``."),
    "owner_id": Spec("str", "Account that owns the target."),
    "found_in_account": Spec("str", "Account whose credentials found the target."),
    "found_with": Spec("str", "Role in which the plugin read the account, if playbooks get no credentials."),
    "account_name": Spec("str", "Name of the account, from the options of the plugin."),
    "resource_tags": Spec("dict", "Tags of the resource."),
    "parents": Spec(
        "list", "Ids of the resources that contain the target, the nearest first. You can also set it yourself."
    ),
    "coverage": Spec(
        "str",
        "Whether the target is logged.",
        choices=("s3", "elsewhere", "parent", "none", "other_account", "unknown"),
    ),
    "existing": Spec("list", "Flow logs of the target."),
    "existing_of_parents": Spec("list", "Flow logs of the resources that contain the target."),
    "instances": Spec("list", "Hosts of ``amazon.aws.aws_ec2`` that use the target, with the option ``instances``."),
}

#: One value for each variable, without its prefix. ``tests/unit/meta/test_variables.py`` tries them.
EXAMPLES: Mapping[str, Any] = {
    "resource_id": "vpc-0123456789abcdef0",
    "resource_ids": ["vpc-0123456789abcdef0"],
    "resource_type": "VPC",
    "account_id": "111122223333",
    "expected_account_id": "111122223333",
    "region": "eu-west-1",
    "aws": {"profile": "shop"},
    "destination": "arn:aws:s3:::example-flow-logs/network/",
    "state": "absent",
    "traffic_type": "REJECT",
    "max_aggregation_interval": 60,
    "log_format": ["version", "srcaddr", "dstaddr", "action"],
    "destination_options": {"file_format": "parquet"},
    "tag_field_specifications": [{"resource_type": "instance", "tag_keys": ["Team"]}],
    "name": "rejected",
    "tags": {"ManagedBy": "ansible"},
    "purge_tags": False,
    "replace": "never",
    "allow_gap": True,
    "purge": "duplicates",
    "adopt_named": True,
    "wait_timeout": 120,
    "return_flow_logs": False,
    "bucket_aws": {"profile": "log-archive"},
    "bucket_region": "eu-west-1",
    "expected_bucket_owner": "123456789012",
    "create_bucket": True,
    "bucket_encryption": "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "bucket_tags": {"Team": "network"},
    "check_destination": False,
    "require_deliverable": False,
    "bucket_policy": False,
    "manage_bucket_policy": False,
    "organization_id": "o-a1b2c3d4e5",
    "account_ids": ["111122223333"],
    "regions": ["eu-west-1", "us-east-1"],
    "prefixes": ["network/"],
    "layouts": ["plain", "hive"],
    "grants": [{"account_id": "111122223333", "regions": ["eu-west-1"]}],
    "acl_condition": "string_equals_if_exists",
    "source_conditions": False,
    "key_policy": True,
    "manage_key_policy": True,
    "key_aws": {"profile": "keys"},
    "permission_principals": [{"type": "role", "name": "flow-log-publisher"}],
    "permission_state": "absent",
    "permission_policy": "reading",
    "permission_policy_name": "publish-flow-logs",
    "permission_account_id": "111122223333",
    "permission_partition": "aws-cn",
    "preflight": True,
    "hosts": "network",
    "retire": True,
    "delivery_hours": 24,
    "with_report": True,
    "strict": True,
    "allow_empty": True,
    "fail_on_gaps": True,
    "findings": "{{ lookup('file', 'drift-report.json') }}",
    "directory": "reports",
    "formats": ["json", "html"],
    "fail_on": ["missing", "unknown"],
    "severities": {"extra": "high"},
    "time": "2030-01-31T06:00:00Z",
    "keep_dated": True,
    "baseline": "accepted.yml",
    "previous": "yesterday/drift-report.json",
    "history": "drift-history.jsonl",
    "history_length": 60,
    "inventory_gaps": [{"account_id": "111122223333", "code": "AccessDenied"}],
    "owner_id": "111122223333",
    "found_in_account": "111122223333",
    "found_with": "arn:aws:iam::111122223333:role/read",
    "account_name": "shop",
    "resource_tags": {"env": "production"},
    "parents": ["vpc-0123456789abcdef0"],
    "coverage": "parent",
    "existing": [{"flow_log_id": "fl-0123456789abcdef0"}],
    "existing_of_parents": [{"flow_log_id": "fl-0123456789abcdef0"}],
    "instances": ["web-1"],
}

#: Title, introduction, and variables in the order of the page. An inventory variable brings the role's of the same meaning with it.
SECTIONS: Sequence[tuple[str, str, Sequence[str]]] = (
    (
        "Targets and credentials",
        "A host of the inventory is one target. The role takes a list of targets.",
        (
            *("flow_log_resource_id", "publish_to_s3_resource_ids", "flow_log_resource_type"),
            *("flow_log_account_id", "publish_to_s3_expected_account_id", "flow_log_region", "publish_to_s3_region"),
            "flow_log_aws",
        ),
    ),
    (
        "Flow logs",
        "The settings of a flow log, and how a run changes it.",
        (
            *(
                "flow_log_destination",
                "flow_log_traffic_type",
                "flow_log_max_aggregation_interval",
                "flow_log_log_format",
            ),
            *("flow_log_destination_options", "flow_log_tag_field_specifications", "flow_log_name", "flow_log_tags"),
            *("flow_log_purge_tags", "flow_log_state", "flow_log_replace", "flow_log_allow_gap", "flow_log_purge"),
            *("flow_log_adopt_named", "flow_log_wait_timeout", "publish_to_s3_return_flow_logs"),
        ),
    ),
    (
        "Bucket",
        "The bucket of the destination, and the check of it.",
        (
            *("flow_log_bucket_aws", "flow_log_bucket_region", "publish_to_s3_bucket_region"),
            *("flow_log_expected_bucket_owner", "flow_log_create_bucket", "flow_log_bucket_encryption"),
            *("flow_log_bucket_tags", "flow_log_check_destination", "flow_log_require_deliverable"),
        ),
    ),
    (
        "Bucket policy and key policy",
        "Who may deliver to the bucket. The playbook works most of it out from the targets.",
        (
            *("flow_log_bucket_policy", "publish_to_s3_account_ids", "flow_log_organization_id", "flow_log_regions"),
            *("publish_to_s3_regions", "publish_to_s3_prefixes", "flow_log_layouts", "publish_to_s3_layouts"),
            *("publish_to_s3_grants", "flow_log_acl_condition", "flow_log_source_conditions", "flow_log_key_policy"),
            "flow_log_key_aws",
        ),
    ),
    (
        "Permissions",
        "Permissions of users, groups and roles.",
        (
            *("flow_log_preflight", "flow_log_permission_principals", "publish_to_s3_permission_state"),
            *("publish_to_s3_permission_policy", "publish_to_s3_permission_policy_name"),
            *("publish_to_s3_permission_account_id", "publish_to_s3_permission_partition"),
        ),
    ),
    (
        "A run",
        "Variables of a whole run. Set them with ``-e``, or for the group ``all``.",
        (
            *(
                "flow_log_hosts",
                "flow_log_strict",
                "publish_to_s3_strict",
                "flow_log_allow_empty",
                "flow_log_fail_on_gaps",
            ),
            *("flow_log_with_report", "flow_log_delivery_hours", "flow_log_retire"),
        ),
    ),
    (
        "The drift report",
        "Variables of the role :ansplugin:`flowlogs.aws.drift_report#role`, for both playbooks that write the report.",
        (
            *("drift_report_directory", "drift_report_formats", "drift_report_fail_on", "drift_report_severities"),
            *("drift_report_time", "drift_report_keep_dated", "drift_report_baseline", "drift_report_previous"),
            *("drift_report_history", "drift_report_history_length", "drift_report_findings", "drift_report_strict"),
        ),
    ),
    (
        "Variables of the inventory plugin",
        "The plugin :ansplugin:`flowlogs.aws.flow_log_targets#inventory` sets these, and some of those under"
        " `Targets and credentials`_. Use them in ``when``, ``groups`` and ``keyed_groups``.",
        (*FACTS, GAPS_VARIABLE),
    ),
)
HEAD = """\
..
  SPDX-License-Identifier: GPL-3.0-or-later
  Made by tools/variables.py. To change this page, change that file or the argument specs, and run: make variables

.. _ansible_collections.flowlogs.aws.docsite.reference_variables:

All variables
=============

Every variable that the playbooks and roles read. *Names* has the inventory variable first (``flow_log_*``), then the variable of the
role with the same meaning, then the option of the module that it sets. Without a default, the meaning describes what happens if
you do not set the variable.

.. contents::
   :local:
   :depth: 1
"""
TAIL = """
Variables that a run sets
-------------------------

.. list-table::
   :header-rows: 1
   :widths: 35 65

   * - variable
     - meaning
   * - ``flow_log_result``
     - Result of ``publish_to_s3``, a fact of ``localhost``. See
       :ref:`ansible_collections.flowlogs.aws.docsite.guide_targets_later`.
   * - ``flow_log_run``
     - The same without the messages, for the next job of a workflow. See
       :ref:`ansible_collections.flowlogs.aws.docsite.guide_awx_result`.
   * - ``flow_log_report``
     - Result of the role ``drift_report``, for the next job of a workflow.
   * - ``publish_to_s3_permissions_result``, ``publish_to_s3_destination_result``, ``publish_to_s3_flow_logs_result``
     - Results of the role ``publish_to_s3``, facts of the host. See
       :ref:`ansible_collections.flowlogs.aws.docsite.guide_own_playbooks`.
"""
TABLE = """
.. list-table::
   :header-rows: 1
   :widths: 32 34 18 16

   * - names
     - meaning
     - type, choices, default
     - example
"""


def _read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@functools.cache
def role_options() -> Mapping[str, Any]:
    """Return the argument spec of each variable of the roles."""
    specs = [yaml.safe_load(_read(f"roles/{role}/meta/argument_specs.yml"))["argument_specs"] for role in ROLES]
    return {name: option for spec in specs for entry in spec.values() for name, option in entry["options"].items()}


@functools.cache
def module_options() -> Mapping[str, Mapping[str, Any]]:
    """Return the documented options of each module."""
    return {name: yaml.safe_load(_read(f"plugins/modules/{name}.py").split('"""')[1])["options"] for name in MODULES}


def playbook_variables() -> set[str]:
    """Return the inventory variables that the playbooks read and do not set themselves."""
    names: set[str] = set()
    for path in sorted((ROOT / "playbooks").glob("*.yml")):
        text = re.sub(r"(?m)^ *#.*$", "", path.read_text(encoding="utf-8"))
        own = re.findall(r"(?m)^ *(?:register: )?(flow_log_\w+)(?::|$)", text)
        names.update(set(re.findall(r"(?<![\w.'])flow_log_\w+", text)) - set(own))
    # The playbook retire sets it for publish_to_s3.
    return names - {"flow_log_state_of_all"}


def variables_read() -> set[str]:
    """Return every variable that the code reads: of hosts, of a run, of the playbooks and of the roles."""
    return {*VARIABLES, *RUN_VARIABLES, *FACTS_READ, *FACTS, GAPS_VARIABLE, *playbook_variables(), *role_options()}


def row_names(name: str) -> list[str]:
    """Return the variables of a row: itself, and for an inventory variable the variable of the role that means the same."""
    bare = name.removeprefix(INVENTORY)
    role = PUBLISH + OTHER_ROLE_NAMES.get(bare, bare)
    has_role = name.startswith(INVENTORY) and bare not in OWN and role in role_options()
    return [name, role] if has_role else [name]


def names_on_the_page() -> list[str]:
    """Return every variable that has a row."""
    return [name for _title, _text, rows in SECTIONS for row in rows for name in row_names(row)]


def bare_name(name: str) -> str:
    """Return the name of a variable without its prefix."""
    return re.sub(rf"^({INVENTORY}|{PUBLISH}|{REPORT})", "", name)


def options_of(name: str) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the modules with the option that a variable sets, each with its documentation."""
    modules = ["flow_log_report"] if name.startswith(REPORT) else MODULES[:-1]
    bare = bare_name(name)
    found = [(module, module_options()[module][bare]) for module in modules if bare in module_options()[module]]
    # Where the name describes a flow log, options of this name in other modules mean something else.
    return found[:1] if found and found[0][0] == "s3_flow_log" else found


def spec_of(name: str) -> Spec:
    """Return what is known of a variable: from this file, the argument spec of the role, and the module."""
    own = OWN.get(bare_name(name)) if name.startswith(INVENTORY) else None
    if own:
        return own
    option = role_options()[row_names(name)[-1]]
    description = option["description"] if isinstance(option["description"], str) else option["description"][0]
    elements = f" of {option['elements']}" if "elements" in option else ""
    of_module = next((documented.get("choices") for _module, documented in options_of(name)), None)
    return Spec(
        type=option["type"] + elements,
        meaning=_markup(_for_inventory(description) if name.startswith(INVENTORY) else description),
        default=_default(option),
        choices=tuple(map(str, option.get("choices") or of_module or ())),
    )


def _for_inventory(description: str) -> str:
    """Return a description of the role for a row that is also about an inventory: with the inventory's names."""
    inventory = {row_names(name)[-1]: name for name in VARIABLES}
    names = re.sub(rf"{PUBLISH}\w+", lambda found: inventory.get(found[0], found[0]), description)
    return names.replace("the role ", "the run ").replace("The role ", "The run ")


def _default(option: Mapping[str, Any]) -> str:
    if option.get("required"):
        return "required"
    default = option.get("default")
    return "" if default in (None, "") else as_yaml(default)


def _markup(text: str) -> str:
    """Return a description of Ansible as reStructuredText."""
    text = re.sub(r"M\(([\w.]+)\)", r":ansplugin:`\1#module`", text)
    return re.sub(r"\b(?:O|V|C|RV)\(([^)]*)\)", r"``\1``", text)


def as_yaml(value: Any) -> str:
    """Return a value in one line of YAML."""
    text = yaml.safe_dump(value, default_flow_style=True, width=1000, sort_keys=False)
    return text.removesuffix("\n").removesuffix("\n...")


def _row(name: str) -> str:
    names = [f"``{variable}``" for variable in row_names(name)]
    options = [
        f":ansopt:`flowlogs.aws.{module}#module:{bare_name(name)}` of ``{module}``"
        for module, _option in options_of(name)
    ]
    other = OTHER_OPTIONS.get(bare_name(name))
    spec = spec_of(name)
    default = spec.default if spec.default in ("", "required") else f"default ``{spec.default}``"
    facts = [f"``{spec.type}``", ", ".join(f"``{choice}``" for choice in spec.choices), default]
    cells = [
        [*names, *([other] if other else options)],
        [spec.meaning],
        list(filter(None, facts)),
        [f"``{as_yaml(EXAMPLES[bare_name(name)])}``"],
    ]
    first, *rest = map(_cell, cells)
    return "\n".join([f"   * - {first}", *(f"     - {cell}" for cell in rest)])


def _cell(lines: Sequence[str]) -> str:
    return lines[0] if len(lines) == 1 else "\n       ".join(f"| {line}" for line in lines)


def page() -> str:
    """Return the page."""
    parts = [HEAD]
    for title, text, names in SECTIONS:
        parts += [f"\n{title}\n{'-' * len(title)}\n\n{text}\n", TABLE, "\n".join(map(_row, names)), "\n"]
    return "".join([*parts, TAIL])


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the page; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.variables", description="Write the page with all variables.")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--write", action="store_true", help="write the page")
    what.add_argument("--check", action="store_true", help="fail if the page is not up to date")
    given = parser.parse_args(arguments)
    if given.write:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    if PAGE.read_text(encoding="utf-8") != page():
        print(f"{PAGE.relative_to(ROOT)} is not up to date. Run: make variables", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
