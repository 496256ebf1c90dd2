# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each code block in the README and the guides is valid: its options, variables, commands and files exist.

The quick start is run as a whole, see tests/release/test_readme.py.
"""

from __future__ import annotations

import configparser
import functools
import json
import pathlib
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from ansible.cli.adhoc import AdHocCLI
from ansible.cli.doc import DocCLI
from ansible.cli.galaxy import GalaxyCLI
from ansible.cli.inventory import InventoryCLI
from ansible.cli.playbook import PlaybookCLI
from botocore import xform_name
from botocore.session import Session

from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.run_summary import summarise
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.baseline import parse_baseline
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.work import plan_publication
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_options import (
    wanted_from_options,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_plan import plan_bucket_policy
from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import Unsuccessful
from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import failure_message
from ansible_collections.flowlogs.aws.plugins.module_utils._core.error_hints.flow_logs import hint_for
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import RUN_VARIABLES
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import VARIABLES
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import HostVariables
from ansible_collections.flowlogs.aws.plugins.plugin_utils._stages.progress import progress_of
from ansible_collections.flowlogs.aws.plugins.plugin_utils._stages.run import Run
from tests.markdown import Block
from tests.markdown import blocks
from tests.rst import code_blocks
from tests.unit.meta.project import ROOT
from tests.unit.meta.project import for_each
from tests.unit.meta.project import read
from tests.unit.meta.project import read_yaml
from tests.unit.meta.project import roles
from tests.unit.meta.project import tracked_under

GUIDES = tracked_under("docs/docsite/rst", suffix=".rst")
PAGES = ["README.md", "CONTRIBUTING.md", *GUIDES]
# Keywords of a task, which are not the module.
KEYWORDS = {
    "name",
    "register",
    "when",
    "loop",
    "loop_control",
    "vars",
    "delegate_to",
    "run_once",
    "check_mode",
    "no_log",
}
# A target with all required variables, for settings that are completed by other files.
TARGET = {
    "flow_log_resource_id": "vpc-0123456789abcdef0",
    "flow_log_account_id": "111122223333",
    "flow_log_region": "eu-west-1",
    "flow_log_destination": "arn:aws:s3:::example-flow-logs/network/",
    "flow_log_bucket_region": "eu-west-1",
}
# Variables of a run, not of hosts.
OF_A_RUN = {*RUN_VARIABLES, "flow_log_delivery_hours", "flow_log_hosts", "flow_log_retire"}
CLIS = {
    "ansible": AdHocCLI,
    "ansible-doc": DocCLI,
    "ansible-galaxy": GalaxyCLI,
    "ansible-inventory": InventoryCLI,
    "ansible-playbook": PlaybookCLI,
}
# Files of CI systems.
PIPELINE = re.compile(r"# \.(?:github/workflows/|gitlab-ci)")
# Collections and programs that are not installed, so their options are not checked.
NOT_HERE = ("awx.awx.",)
OTHERS = {"ansible-builder", "git", "grep", "podman", "pytest", "python", "sha256sum", "terraform"}


def all_blocks(name: str) -> list[Block]:
    """Return the code blocks of a page."""
    return code_blocks(read(name)) if name.endswith(".rst") else blocks(read(name))


BLOCKS = {f"{name}:{number}": block for name in PAGES for number, block in enumerate(all_blocks(name), 1)}


def of(*languages: str) -> list[str]:
    """Return the names of the blocks in some languages."""
    return [name for name, block in BLOCKS.items() if block.language in languages]


def load(name: str) -> Any:
    """Return the content of a YAML block."""
    return yaml.safe_load(BLOCKS[name].text)


# -- YAML ---------------------------------------------------------------------------------------------------------


def tasks_of(content: Any) -> Iterator[dict[str, Any]]:
    """Yield the tasks of a list of tasks or plays, including those in blocks."""
    for item in content if isinstance(content, list) else []:
        inside = [item[key] for key in ("tasks", "pre_tasks", "post_tasks", "block", "rescue", "always") if key in item]
        if inside:
            for tasks in inside:
                yield from tasks_of(tasks)
        else:
            yield item


def module_of(task: dict[str, Any]) -> str:
    """Return the module or action of a task, by its full name."""
    (name,) = [key for key in task if key not in KEYWORDS]
    assert re.fullmatch(r"\w+\.\w+\.\w+", name), f"{name} is no full name"
    return name


@functools.cache
def documentation() -> dict[str, Any]:
    """Return ansible-doc's documentation of every module in the blocks."""
    used = {module_of(task) for name in of("yaml", "yaml+jinja") for task in tasks_of(load(name))}
    program = pathlib.Path(sys.executable).with_name("ansible-doc")
    here = sorted(name for name in used if not name.startswith(NOT_HERE))
    done = subprocess.run([program, "--json", *here], cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return {name: page["doc"] for name, page in json.loads(done.stdout).items()}


def wrong_options(given: Any, options: dict[str, Any], where: str = "") -> list[str]:
    """Return the options that a module does not have or whose value it does not accept."""
    known = {alias: option for key, option in options.items() for alias in [key, *option.get("aliases", [])]}
    return [
        text for name, value in (given or {}).items() for text in wrong_value(known.get(name), value, f"{where}{name}")
    ]


def wrong_value(option: dict[str, Any] | None, value: Any, name: str) -> list[str]:
    """Return why an option does not accept a value; without an option, its name."""
    if option is None:
        return [name]
    values = value if isinstance(value, list) else [value]
    if _is_template(value):
        return []
    if option.get("suboptions"):
        return [text for item in values for text in wrong_options(item, option["suboptions"], f"{name}.")]
    if "choices" not in option:
        return []
    return [f"{name}={item}" for item in values if str(item) not in map(str, option["choices"])]


def _is_template(value: Any) -> bool:
    return isinstance(value, str) and "{{" in value


def check_task(task: dict[str, Any]) -> None:
    """Assert that the module of a task has the given options."""
    name = module_of(task)
    if name.startswith(NOT_HERE):
        return
    doc, given = documentation()[name], task[name]
    if name == "ansible.builtin.import_playbook":
        assert (ROOT / "playbooks" / f"{given.removeprefix('flowlogs.aws.')}.yml").is_file()
        assert unknown_variables(task.get("vars", {})) == set()
    elif isinstance(given, dict) and name not in ("ansible.builtin.set_fact", "ansible.builtin.assert"):
        options = doc["options"]
        assert wrong_options(given, options) == []
        required = [{key, *one.get("aliases", [])} for key, one in options.items() if one.get("required")]
        assert [names for names in required if not names & set(given)] == []
    if name in ("ansible.builtin.include_role", "ansible.builtin.import_role"):
        check_role(given, task.get("vars", {}))


def check_role(given: dict[str, Any], variables: dict[str, Any]) -> None:
    """Assert that a role and its entry point exist, and have the given variables."""
    role = given["name"].removeprefix("flowlogs.aws.")
    assert role in roles()
    specs = read_yaml(f"roles/{role}/meta/argument_specs.yml")["argument_specs"]
    assert set(variables) <= set(specs[given.get("tasks_from", "main")]["options"])


@functools.cache
def inventory_options() -> set[str]:
    """Return the options of the inventory plugin."""
    command = [pathlib.Path(sys.executable).with_name("ansible-doc"), "--json", "-t", "inventory"]
    done = subprocess.run([*command, "flowlogs.aws.flow_log_targets"], cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return set(json.loads(done.stdout)["flowlogs.aws.flow_log_targets"]["doc"]["options"])


@functools.cache
def role_variables() -> set[str]:
    """Return the variables of all roles."""
    specs = [read_yaml(f"roles/{role}/meta/argument_specs.yml")["argument_specs"] for role in roles()]
    return {name for spec in specs for entry in spec.values() for name in entry["options"]}


def unknown_variables(given: Any) -> set[str]:
    """Return the names that are not variables of this collection."""
    return set(given) - set(VARIABLES) - OF_A_RUN - role_variables()


def check_settings(settings: dict[str, Any]) -> None:
    """Assert that variables exist, and that targets accept those for targets."""
    assert unknown_variables(settings) == set()
    own = {name: value for name, value in settings.items() if name in VARIABLES and "{{" not in str(value)}
    planned = plan_publication([HostVariables("host", {**TARGET, **own}, ("all",), {}, {})])
    assert [host.message for host in planned.invalid] == []
    assert planned.notes == ()


def check_inventory(groups: dict[str, Any]) -> None:
    """Assert that groups have only valid keys, hosts and variables."""
    for group in map(_filled, groups.values()):
        assert set(group) <= {"hosts", "children", "vars"}
        check_settings(_filled(group.get("vars")))
        for variables in _filled(group.get("hosts")).values():
            check_settings(_filled(variables))
        check_inventory(_filled(group.get("children")))


def _filled(value: dict[str, Any] | None) -> dict[str, Any]:
    """Return a dictionary, even if YAML has none."""
    return value or {}


def check_mapping(content: dict[str, Any]) -> None:
    """Assert that a YAML file with a dictionary is valid for its kind."""
    if any(name.startswith(("flow_log_", "publish_to_s3_", "drift_report_")) for name in content):
        check_settings(content)
    elif "plugin" in content or set(content) <= inventory_options():
        own = content.get("plugin", "flowlogs.aws.flow_log_targets") == "flowlogs.aws.flow_log_targets"
        assert not own or set(content) <= inventory_options()
    elif set(content) == {"accepted"}:
        assert parse_baseline(content, "accepted.yml")
    elif set(content) == {"collections"}:
        assert all(set(item) <= {"name", "type", "version", "source"} for item in content["collections"])
    else:
        check_inventory(content)


def _entries(content: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the items of a dictionary or list, with key or index."""
    if isinstance(content, dict):
        yield from content.items()
    elif isinstance(content, list):
        yield from enumerate(content)


def scripts_in(content: Any) -> Iterator[str]:
    """Yield the scripts of a pipeline."""
    for key, value in _entries(content):
        if key in ("run", "script"):
            yield from map(str, value if isinstance(value, list) else [value])
        else:
            yield from scripts_in(value)


def check_script(text: str) -> None:
    """Assert that a script is valid shell, and that its Ansible commands are valid."""
    assert subprocess.run(["sh", "-n"], input=text, text=True, check=False).returncode == 0
    found = re.findall(r"\bansible-(?:playbook|galaxy|doc|inventory) [^;|>\n]*", text.replace("\\\n", " "))
    for command in found:
        check_ansible(shlex.split(command))


@for_each(of("yaml", "yaml+jinja"))
def test_yaml_uses_existing_options_and_variables(name: str) -> None:
    content = load(name)
    if PIPELINE.match(BLOCKS[name].text):
        scripts = list(scripts_in(content))
        assert [text for text in scripts if "flowlogs.aws" in text]
        for text in scripts:
            check_script(text)
    elif isinstance(content, dict):
        check_mapping(content)
    else:
        found = list(tasks_of(content))
        assert found
        for task in found:
            check_task(task)


# -- commands -----------------------------------------------------------------------------------------------------


def command_lines(block: Block) -> list[list[str]]:
    """Return the commands of a block as lists of words, without output and redirections."""
    text = block.text.replace("\\\n", " ")
    lines = [
        line.removeprefix("$ ") for line in text.splitlines() if block.language != "console" or line.startswith("$ ")
    ]
    commands = [shlex.split(line, comments=True) for line in lines]
    return [_without_redirection(words) for words in commands if words]


def _without_redirection(words: list[str]) -> list[str]:
    end = next((number for number, word in enumerate(words) if word in ("|", ">", ">>", "&&", "||", ";")), len(words))
    return words[:end]


def check_ansible(words: list[str]) -> None:
    """Assert that Ansible accepts a command line, and that its playbooks and variables exist."""
    cli = CLIS[words[0]](words)
    try:
        cli.parse()
    except SystemExit as error:
        raise AssertionError(f"not a command line: {shlex.join(words)}") from error
    for word in words[1:]:
        if word.startswith("flowlogs.aws.") and words[0] == "ansible-playbook":
            assert (ROOT / "playbooks" / f"{word.removeprefix('flowlogs.aws.')}.yml").is_file()
    for text in _extra_variables(words):
        given = json.loads(text) if text.startswith("{") else dict(part.split("=", 1) for part in shlex.split(text))
        assert unknown_variables(given) == set()


def _extra_variables(words: list[str]) -> list[str]:
    pairs = zip(words, words[1:])
    return [value for option, value in pairs if option in ("-e", "--extra-vars") and not value.startswith("@")]


def check_make(words: list[str]) -> None:
    """Assert that the make targets exist."""
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    assert {word for word in words[1:] if "=" not in word} <= targets


def check_aws(words: list[str]) -> None:
    """Assert that the service has the operation."""
    session = Session()
    names = {xform_name(name, "-") for name in session.get_service_model(words[1]).operation_names}
    assert words[2] in names


def check_python(words: list[str]) -> None:
    """Assert that the script exists and has the command."""
    if words[1:2] == ["tools/dev.py"]:
        assert f'    "{words[2]}": ' in read("tools/dev.py")


def check_activation(words: list[str]) -> None:
    """Assert that a sourced file activates a virtual environment or the sandbox."""
    assert (words[1].endswith("/bin/activate") or words[1] == ".dev/sandbox/environment") and len(words) == 2


def check_file(words: list[str]) -> None:
    """Assert that a file that a command reads exists, or is written by a report."""
    assert (ROOT / words[1]).is_file() or words[1].startswith("flow-log-report/")


CHECKS: dict[str, Callable[[list[str]], None]] = {
    ".": check_activation,
    "aws": check_aws,
    "cat": check_file,
    "cp": check_file,
    "make": check_make,
    "python3": check_python,
}


@for_each(of("shell", "console"))
def test_commands_and_their_options_exist(name: str) -> None:
    lines = command_lines(BLOCKS[name])
    assert lines
    for words in lines:
        program = words[0].removeprefix(".venv/bin/")
        words = [program, *words[1:]]
        check = check_ansible if program in CLIS else CHECKS.get(program)
        assert check or program in OTHERS, program
        if check:
            check(words)


@for_each(of("sh", "bash"))
def test_scripts_are_valid(name: str) -> None:
    check_script(BLOCKS[name].text)


# -- the rest -----------------------------------------------------------------------------------------------------


@for_each(of("json"))
def test_json_can_be_read(name: str) -> None:
    assert json.loads(BLOCKS[name].text)


@for_each(of("ini"))
def test_ini_can_be_read(name: str) -> None:
    parser = configparser.ConfigParser()
    parser.read_string(BLOCKS[name].text)
    assert parser.sections()


@for_each(of("hcl"))
def test_braces_of_terraform_match(name: str) -> None:
    text = BLOCKS[name].text
    assert text.count("{") == text.count("}") > 0
    assert all(re.fullmatch(r"\s*(?:[\w ]+\{|\}|\w+ += .+|)", line) for line in text.splitlines())


def test_every_language_has_a_check() -> None:
    checked = {"yaml", "yaml+jinja", "shell", "console", "bash", "sh", "json", "ini", "hcl"}
    # Output of commands: tested for README and quick start in test_readme.py, for other guides in their tests.
    printed = {"text", "markdown"}
    assert {block.language for block in BLOCKS.values()} - checked - printed == set()


def test_shown_organization_policy_matches_the_module() -> None:
    (shown,) = [block for block in all_blocks("docs/docsite/rst/guide_organization.rst") if block.language == "json"]
    options = {
        "bucket": "example-central-flow-logs",
        "prefixes": ["network/"],
        "regions": ["eu-west-1", "us-east-1"],
        "organization_id": "o-a1b2c3d4e5",
        "layouts": ["plain"],
    }
    assert json.loads(shown.text) == plan_bucket_policy(None, wanted_from_options(options, "aws")).after


def test_shown_failure_matches_the_code() -> None:
    (shown,) = all_blocks("docs/docsite/rst/guide_troubleshooting.rst")
    message = "LogDestination: example-flow-logs does not exist"
    item = Unsuccessful("vpc-0123456789abcdef0", "400", message, hint_for("CreateFlowLogs", "400", message))
    text = failure_message("publish flow logs to arn:aws:s3:::example-flow-logs/network/", [item])
    assert " ".join(shown.text.split()) == text


def test_shown_progress_matches_the_code() -> None:
    (shown,) = [block for block in all_blocks("docs/docsite/rst/guide_targets.rst") if block.language == "text"]
    first_play = read_yaml("playbooks/publish_to_s3.yml")[0]
    names = re.findall(r"^TASK \[(.+)\] \*+$", shown.text, re.MULTILINE)
    assert names and set(names) <= {task["name"] for task in first_play["tasks"]}
    vpcs = ["vpc-0123456789abcdef0", "vpc-0fedcba9876543210"]
    hosts = [HostVariables(vpc, {**TARGET, "flow_log_resource_id": vpc}, ("all",), {}, {}) for vpc in vpcs]
    run = Run({**plan_publication(hosts).to_dict(), "preflights": [], "keys": []})
    (bucket,), (batch,) = run.publication["destinations"], run.publication["batches"]
    put = {"action": "put_policy", "target": bucket["bucket_arn"]}
    run.results["destinations"] = {bucket["name"]: {"changed": True, "actions": [put]}}
    made = [{"action": "create", "target": vpc} for vpc in vpcs]
    run.results["batches"] = {batch["name"]: {"changed": True, "actions": made}}
    lines = [line for kind in ("destinations", "batches") for line in progress_of(kind, run).lines]
    headline = summarise(run.publication, run.results)["headline"]
    assert re.findall(r"^  (\S.*)$", shown.text, re.MULTILINE) == [*lines, headline]


@pytest.mark.parametrize(
    "block",
    [
        Block("yaml", "flow_log_destinatoin: x"),
        Block("yaml", "flow_log_layouts: [round]"),
        Block("yaml", "shop: {hosts: {a: {flow_log_regoin: eu-west-1}}}"),
        Block("yaml", "plugin: flowlogs.aws.flow_log_targets\ntype: [VPC]"),
        Block("yaml", "- flowlogs.aws.s3_flow_log_info: {regoin: eu-west-1}"),
        Block("yaml", "- ansible.builtin.import_playbook: flowlogs.aws.publish"),
        Block("yaml", "- ansible.builtin.include_role: {name: flowlogs.aws.publish_to_s3, tasks_from: bucket}"),
        Block("console", "$ ansible-playbook -i inventory flowlogs.aws.publish"),
        Block("console", "$ ansible-playbook -i inventory flowlogs.aws.retire --chek"),
        Block("console", "$ ansible-playbook flowlogs.aws.retire -e flow_log_retired=true"),
        Block("shell", "make dosc"),
        Block("shell", "aws ec2 describe-flowlogs"),
        Block("shell", "unheard-of"),
        Block("shell", ". ~/.profile"),
    ],
)
def test_checks_find_errors(block: Block, monkeypatch: pytest.MonkeyPatch) -> None:
    documentation()
    monkeypatch.setitem(BLOCKS, "wrong", block)
    test = (
        test_yaml_uses_existing_options_and_variables
        if block.language == "yaml"
        else test_commands_and_their_options_exist
    )
    with pytest.raises((AssertionError, KeyError, ValueError)):
        test.__wrapped__("wrong")
