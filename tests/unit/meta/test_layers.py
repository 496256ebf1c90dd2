# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Imports between layers and packages, and the purity of the rules."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from tests.unit.meta.project import PACKAGE
from tests.unit.meta.project import ROOT
from tests.unit.meta.project import for_each
from tests.unit.meta.project import parse
from tests.unit.meta.project import tracked_under

UTILS = f"{PACKAGE}.plugins.module_utils"
CORE, AWS, RUN = f"{UTILS}._core", f"{UTILS}._aws", f"{UTILS}._run"
CONTROLLER = f"{PACKAGE}.plugins.plugin_utils"
AMAZON = "ansible_collections.amazon.aws.plugins"

# In addition to the standard library. A folder of the collection that is not listed here may import nothing.
MAY_IMPORT = {
    "plugins/module_utils/_core": (CORE,),
    "plugins/module_utils/_aws": (CORE, AWS, f"{AMAZON}.module_utils", "boto3", "botocore"),
    "plugins/module_utils/_run": (CORE, AWS, RUN, f"{AMAZON}.module_utils", "ansible.module_utils"),
    "plugins/modules": (RUN, CORE),
    "plugins/filter": (RUN, CORE, CONTROLLER, "ansible"),
    "plugins/action": (RUN, CORE, CONTROLLER, "ansible", "yaml"),
    "plugins/inventory": (RUN, CORE, AWS, CONTROLLER, f"{AMAZON}.plugin_utils", "ansible"),
    "plugins/plugin_utils/_discovery/reader.py": (RUN, CORE, AWS, CONTROLLER, f"{AMAZON}.plugin_utils", "ansible"),
    # It renders the page of the report from templates; only the controller has Jinja2.
    "plugins/plugin_utils/_report/html/page.py": (CORE, CONTROLLER, "jinja2", "markupsafe"),
    # It runs the tasks of stages, and reads variables of hosts.
    "plugins/plugin_utils/_action": (RUN, CORE, CONTROLLER, f"{AMAZON}.module_utils", "ansible"),
    "plugins/plugin_utils": (CORE, CONTROLLER),
    "plugins/doc_fragments": (),
}
# Packages of rules, each of which may import those before it. "" stands for files in the folder itself.
ORDERS = {
    "plugins/module_utils/_core": (
        *("", "iam_policy", "flow_log", "delivery_policy", "destination_check", "permissions", "error_hints"),
    ),
    "plugins/plugin_utils": ("", "_discovery", "_publication", "_findings", "_report", "_stages", "_action"),
}
# Modules of the standard library for clock, environment, randomness or I/O.
IMPURE_MODULES = tuple(
    "asyncio ctypes getpass glob http importlib io locale logging multiprocessing os pathlib pkgutil platform queue "
    "random secrets select shutil signal socket ssl subprocess sys tempfile threading time urllib.request uuid "
    "warnings".split()
)
IMPURE_CALLS = frozenset("__import__ compile eval exec globals input open print now today utcnow".split())


def imports(tree: ast.AST) -> list[str]:
    """Return the dotted names that a file imports; a relative import comes out with its dots in front."""
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names += [f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names]
    return names


def is_within(name: str, packages: tuple[str, ...]) -> bool:
    """Return whether a dotted name is one of the packages or inside one."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def forbidden_imports(tree: ast.AST, folder: str) -> list[str]:
    """Return what a file of this folder imports although its layer may not."""
    standard = tuple(sys.stdlib_module_names)
    return [name for name in imports(tree) if not is_within(name, standard + MAY_IMPORT[folder])]


def impurities(tree: ast.AST) -> list[str]:
    """Return what makes a file depend on more than its arguments."""
    found = [name for name in imports(tree) if is_within(name, IMPURE_MODULES)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            found += [f"{name}()"] if name in IMPURE_CALLS and not is_regex_compile(node.func) else []
    return found


def is_regex_compile(function: ast.expr) -> bool:
    """Return whether a call is the built-in function, such as compile and not re.compile."""
    return isinstance(function, ast.Attribute) and getattr(function.value, "id", "") == "re"


def module_objects(tree: ast.AST) -> list[str]:
    """Return the places where a file takes an Ansible module or reads its parameters."""
    arguments = [node.arg for node in ast.walk(tree) if isinstance(node, ast.arg) and node.arg == "module"]
    parameters = [node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "params"]
    classes = [name for name in imports(tree) if name.endswith(("AnsibleModule", "AnsibleAWSModule"))]
    return arguments + parameters + classes


PLUGIN_FILES = tracked_under("plugins")


def folder_of(name: str) -> str:
    """Return the layer's folder of a file, by the table above."""
    return next(folder for folder in MAY_IMPORT if name == folder or name.startswith(f"{folder}/"))


# Pure code, which depends only on its arguments.
RULES = [name for name in PLUGIN_FILES if folder_of(name) in ("plugins/module_utils/_core", "plugins/plugin_utils")]


def package_of(folder: str, name: str) -> str:
    """Return the package of a file or of a dotted name below a folder of ORDERS, "" for the folder itself."""
    first, _dot, rest = name.replace("/", ".")[len(folder) + 1 :].removesuffix(".py").partition(".")
    return first if rest and first in ORDERS[folder] else ""


def imports_against_the_order(tree: ast.AST, folder: str, name: str) -> list[str]:
    """Return the imports of a file from packages after its own."""
    order = ORDERS[folder]
    inside = f"{PACKAGE}.{folder.replace('/', '.')}."
    own = order.index(package_of(folder, name))
    imported = [item[len(PACKAGE) + 1 :] for item in imports(tree) if item.startswith(inside)]
    return [item for item in imported if order.index(package_of(folder, item)) > own]


@for_each(ORDERS)
def test_packages_import_only_those_before_them(folder: str) -> None:
    files = tracked_under(folder)
    assert {package_of(folder, name) for name in files} == set(ORDERS[folder])
    assert {name: found for name in files if (found := imports_against_the_order(parse(name), folder, name))} == {}


def test_the_order_of_packages_refuses() -> None:
    core = "plugins/module_utils/_core"
    tree = ast.parse(f"from {CORE}.delivery_policy.grants import Grant")
    assert imports_against_the_order(tree, core, f"{core}/iam_policy/document.py")
    assert imports_against_the_order(tree, core, f"{core}/errors.py")
    assert imports_against_the_order(tree, core, f"{core}/destination_check/codes.py") == []
    tree = ast.parse(f"from {CONTROLLER}._stages.task import Task")
    assert imports_against_the_order(tree, "plugins/plugin_utils", "plugins/plugin_utils/_findings/collect.py")


@for_each(PLUGIN_FILES)
def test_imports_follow_the_layers(name: str) -> None:
    assert forbidden_imports(parse(name), folder_of(name)) == []


@for_each(RULES)
def test_core_is_pure(name: str) -> None:
    assert impurities(parse(name)) == []


def test_report_page_reads_only_its_own_files() -> None:
    assert impurities(parse("plugins/plugin_utils/_report/html/page.py")) == ["pathlib"]


@for_each(tracked_under("plugins/module_utils/_aws"))
def test_aws_layer_does_not_use_the_module_object(name: str) -> None:
    assert module_objects(parse(name)) == []


@for_each(PLUGIN_FILES)
def test_is_written_for_the_oldest_python(name: str) -> None:
    """Annotations may use newer types than Python 3.9, since they are not evaluated; the syntax may not."""
    tree = ast.parse((ROOT / name).read_text(encoding="utf-8"), feature_version=(3, 9))
    assert "__future__.annotations" in imports(tree)
    matches = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Match)]
    slots = [node.value.lineno for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "slots"]
    assert matches + slots == []


LOAD_CORE_ALONE = """
import importlib, sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("ansible", "boto3", "botocore", "yaml") or ".amazon" in name:
            raise ImportError(name + " must not be needed")

sys.meta_path.insert(0, Refuse())
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def test_core_loads_without_ansible_and_boto() -> None:
    names = [name[: -len(".py")].replace("/", ".") for name in RULES]
    assert names
    assert load_alone([f"{PACKAGE}.{name}" for name in names]) == ""


def test_the_check_of_the_core_refuses_what_needs_ansible() -> None:
    for name in ("ansible.module_utils.basic", "botocore.exceptions", f"{AWS}.errors"):
        assert "must not be needed" in load_alone([name])


def load_alone(names: list[str]) -> str:
    """Import modules in a Python without Ansible and boto; return its errors."""
    command = [sys.executable, "-c", LOAD_CORE_ALONE, *names]
    return subprocess.run(command, check=False, stderr=subprocess.PIPE, text=True).stderr


@pytest.mark.parametrize(
    ("folder", "line"),
    [
        ("plugins/module_utils/_core", "import boto3"),
        ("plugins/module_utils/_core", "from ansible.module_utils.basic import AnsibleModule"),
        ("plugins/module_utils/_core", f"from {AWS}.ec2 import create"),
        ("plugins/module_utils/_core", "from . import plan"),
        ("plugins/module_utils/_core", "import jinja2"),
        ("plugins/plugin_utils", "import jinja2"),
        ("plugins/module_utils/_aws", f"from {RUN}.module import finish"),
        ("plugins/module_utils/_run", "import botocore.exceptions"),
        ("plugins/modules", f"from {AWS}.ec2 import create"),
        ("plugins/modules", f"from {AMAZON}.module_utils.modules import AnsibleAWSModule"),
        ("plugins/filter", f"from {AWS}.ec2 import create"),
        ("plugins/module_utils/_core", f"from {CONTROLLER}._findings.finding import Finding"),
        ("plugins/modules", f"from {CONTROLLER}._findings.finding import Finding"),
        ("plugins/action", f"from {AWS}.clients import SharedClients"),
        ("plugins/action", "import boto3"),
        ("plugins/plugin_utils/_action", f"from {AWS}.clients import SharedClients"),
        ("plugins/plugin_utils", "from ansible.errors import AnsibleActionFail"),
        ("plugins/plugin_utils", f"from {RUN}.tasks import TaskPool"),
        ("plugins/plugin_utils", f"from {AWS}.ec2 import create"),
        ("plugins/doc_fragments", f"from {CORE}.plan import Plan"),
    ],
)
def test_the_table_of_layers_refuses(folder: str, line: str) -> None:
    assert forbidden_imports(ast.parse(f"def later():\n    {line}"), folder)


@pytest.mark.parametrize(
    "line", ["import os", "from os import path", "import time", "import urllib.request", "open(x)", "datetime.now()"]
)
def test_the_check_of_purity_refuses(line: str) -> None:
    assert impurities(ast.parse(line))


@pytest.mark.parametrize("line", ["import re", "re.compile(x)", "from datetime import datetime", "import urllib.parse"])
def test_the_check_of_purity_allows(line: str) -> None:
    assert impurities(ast.parse(line)) == []


@pytest.mark.parametrize(
    "line", ["def f(module): pass", "x = y.params", f"from {AMAZON}.module_utils.modules import AnsibleAWSModule"]
)
def test_the_check_for_module_objects_refuses(line: str) -> None:
    assert module_objects(ast.parse(line))
