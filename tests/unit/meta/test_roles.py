# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The argument specifications of roles match their variables."""

from __future__ import annotations

import collections

import pytest

from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.misspelt_variables import ROLE_OPTIONS
from tests.unit.meta.project import ROOT
from tests.unit.meta.project import for_each
from tests.unit.meta.project import read_yaml
from tests.unit.meta.project import roles


def entry_points(role: str) -> dict:
    """Return the argument specification of each entry point of a role."""
    return read_yaml(f"roles/{role}/meta/argument_specs.yml")["argument_specs"]


def options(role: str) -> dict[str, list[dict]]:
    """Return every variable of a role with its specification in each entry point that has it."""
    found = collections.defaultdict(list)
    for entry_point in entry_points(role).values():
        for name, option in (entry_point.get("options") or {}).items():
            found[name].append(option)
    return found


def defaults(role: str) -> dict:
    """Return the defaults of a role."""
    return read_yaml(f"roles/{role}/defaults/main.yml") or {}


def disagreements(defaults: dict, options: dict[str, list[dict]]) -> list[str]:
    """Return the variables whose default differs from the specification."""
    optional = {name for name, specs in options.items() if not any(spec.get("required") for spec in specs)}
    declared = [(name, spec["default"]) for name, specs in options.items() for spec in specs if "default" in spec]
    different = {name for name, value in declared if name in defaults and defaults[name] != value}
    return sorted(optional.symmetric_difference(defaults) | different)


def test_the_roles_are_found() -> None:
    assert {"drift_report", "publish_to_s3"} <= set(roles())


@for_each(roles())
def test_every_variable_with_a_default_is_specified_and_the_other_way_round(role: str) -> None:
    assert disagreements(defaults(role), options(role)) == []


@for_each(roles())
def test_every_variable_is_named_after_the_role_and_described(role: str) -> None:
    for name, specs in options(role).items():
        assert name.startswith(f"{role}_")
        assert all(spec.get("type") and spec.get("description") for spec in specs), name


def test_misspelled_variables_are_compared_with_all_role_variables() -> None:
    known = {prefix: {prefix + name for name in names} for prefix, names in ROLE_OPTIONS.items()}
    assert known == {f"{role}_": set(options(role)) for role in roles()}


@for_each(roles())
def test_every_option_is_defined_once(role: str) -> None:
    """In main; the other entry points refer to it by a YAML alias, so they have the same object."""
    specs = entry_points(role)
    main = specs["main"]["options"]
    copies = [name for spec in specs.values() for name, option in spec["options"].items() if option is not main[name]]
    assert copies == []


@for_each(roles())
def test_every_entry_point_has_tasks_and_a_description(role: str) -> None:
    for name, entry_point in entry_points(role).items():
        assert (ROOT / "roles" / role / "tasks" / f"{name}.yml").is_file()
        assert entry_point["short_description"]


@for_each(roles())
def test_role_has_the_metadata_for_galaxy(role: str) -> None:
    assert read_yaml(f"roles/{role}/meta/main.yml")["galaxy_info"]["description"]
    assert (ROOT / "roles" / role / "README.md").is_file()


@pytest.mark.parametrize(
    ("defaults", "options", "found"),
    [
        ({"a": 1}, {"a": [{"default": 1}]}, []),
        ({}, {"a": [{"required": True}]}, []),
        ({"a": None}, {"a": [{}]}, []),
        ({"a": 1}, {}, ["a"]),
        ({}, {"a": [{}]}, ["a"]),
        ({"a": 1}, {"a": [{"required": True}]}, ["a"]),
        ({"a": 1}, {"a": [{"default": 1}, {"default": 2}]}, ["a"]),
    ],
)
def test_the_check_of_defaults(defaults: dict, options: dict, found: list[str]) -> None:
    assert disagreements(defaults, options) == found
