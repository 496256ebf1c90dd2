# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The metadata of the collection matches its content."""

from __future__ import annotations

import ast
import functools
import importlib
import json
import pathlib
import re
import subprocess
import sys

from tests.unit.meta.project import PACKAGE
from tests.unit.meta.project import ROOT
from tests.unit.meta.project import action_plugins
from tests.unit.meta.project import for_each
from tests.unit.meta.project import modules
from tests.unit.meta.project import parse
from tests.unit.meta.project import read
from tests.unit.meta.project import read_yaml

GALAXY = read_yaml("galaxy.yml")


def test_version_is_the_same_everywhere() -> None:
    assert f'COLLECTION_VERSION = "{GALAXY["version"]}"' in read("plugins/module_utils/_run/version.py")


def test_depends_only_on_amazon_aws() -> None:
    assert list(GALAXY["dependencies"]) == ["amazon.aws"]


def test_action_group_has_every_module_and_extends_amazon_aws() -> None:
    group = read_yaml("meta/runtime.yml")["action_groups"]["aws"]
    assert group[0] == {"metadata": {"extend_group": ["amazon.aws.aws"]}}
    assert group[1:] == modules()


@for_each(modules())
def test_module_is_documentation_and_a_short_main(name: str) -> None:
    functions = [node for node in parse(f"plugins/modules/{name}.py").body if isinstance(node, ast.FunctionDef)]
    assert [function.name for function in functions] == ["main"]
    assert functions[0].end_lineno - functions[0].lineno + 1 <= 20


@functools.lru_cache(maxsize=None)
def documentation() -> dict:
    """Return the output of ansible-doc for each module, with the fragments."""
    program = pathlib.Path(sys.executable).with_name("ansible-doc")
    names = [f"flowlogs.aws.{name}" for name in modules() + action_plugins()]
    done = subprocess.run([program, "--json", *names], cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


@for_each(modules())
def test_module_documents_its_attributes(name: str) -> None:
    attributes = documentation()[f"flowlogs.aws.{name}"]["doc"]["attributes"]
    assert {"action_group", "check_mode", "diff_mode", "idempotent"} <= set(attributes)
    assert attributes["check_mode"]["support"] == "full"
    assert "flowlogs.aws.aws" in json.dumps(attributes["action_group"])


@for_each(action_plugins())
def test_action_plugin_documents_its_options_as_it_checks_them(name: str) -> None:
    plugin = importlib.import_module(f"{PACKAGE}.plugins.action.{name}")
    documented = documentation()[f"flowlogs.aws.{name}"]["doc"]["options"]
    shared = ("type", "elements", "choices", "default", "required")
    options = {option: {key: one[key] for key in shared if key in one} for option, one in documented.items()}
    assert options == dict(plugin.ARGUMENT_SPEC)


@for_each(action_plugins())
def test_action_plugin_documents_that_it_runs_on_the_controller(name: str) -> None:
    attributes = documentation()[f"flowlogs.aws.{name}"]["doc"]["attributes"]
    assert {"action", "check_mode", "diff_mode"} <= set(attributes)
    assert attributes["action"]["support"] == "full"


@for_each(modules() + action_plugins())
def test_module_documents_results_and_examples(name: str) -> None:
    pages = documentation()[f"flowlogs.aws.{name}"]
    assert pages["return"]
    assert f"flowlogs.aws.{name}:" in pages["examples"]
    assert pages["doc"]["version_added"]


def test_files_of_the_execution_environment_exist() -> None:
    for name in read_yaml("meta/execution-environment.yml")["dependencies"].values():
        assert (ROOT / name).is_file()


def pinned(kind: str) -> dict[str, set[str]]:
    """Return the versions that requirements/KIND.txt pins, by package; there may be one for each Python."""
    versions: dict[str, set[str]] = {}
    for line in read(f"requirements/{kind}.txt").splitlines():
        if not line.startswith("#"):
            found = re.fullmatch(r"([a-z0-9-]+)==([\w.]+)( ; [^/]+)?", line)
            assert found, f"not pinned: {line}"
            versions.setdefault(found[1], set()).add(found[2])
    return versions


def required_packages(kind: str) -> set[str]:
    """Return the packages that requirements/KIND.in names."""
    return set(re.findall(r"^[a-z0-9-]{2,}", read(f"requirements/{kind}.in"), re.MULTILINE))


@for_each(["demo", "dev"])
def test_requirements_are_pinned(kind: str) -> None:
    assert required_packages(kind) - {"-r", "-c"} <= pinned(kind).keys()


def test_demo_and_tests_run_on_the_same_versions() -> None:
    demo, dev = pinned("demo"), pinned("dev")
    assert demo == {name: dev[name] for name in demo}


def test_the_collection_is_importable_from_the_checkout() -> None:
    """Not from an installed copy, which would hide changes."""
    command = [sys.executable, "-c", f"import {PACKAGE}.plugins.module_utils._core.actions as it; print(it.__file__)"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    assert pathlib.Path(done.stdout.strip()).resolve() == ROOT / "plugins/module_utils/_core/actions.py"
