# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""README and guides match the code."""

from __future__ import annotations

import json
import pathlib
import re

import yaml

from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.finding import DRIFT_FINDINGS
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.finding import SEVERITIES
from tests.permission_documents import permissions_policy
from ansible_collections.flowlogs.aws.plugins.plugin_utils._discovery.targets import COVERAGE_GROUPS
from ansible_collections.flowlogs.aws.plugins.plugin_utils._discovery.targets import FACTS
from ansible_collections.flowlogs.aws.plugins.plugin_utils._discovery.accounts import GAPS_VARIABLE
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import OPTION_DEFAULTS
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import PREFIX
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import RUN_VARIABLES
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import VARIABLES
from tests import rst
from tests.markdown import blocks
from tests.markdown import section
from tests.markdown import table_rows
from tests.rst import code_blocks
from tests.rst import plain
from tests.unit.meta.project import ROOT
from tests.unit.meta.project import action_plugins
from tests.unit.meta.project import filters
from tests.unit.meta.project import for_each
from tests.unit.meta.project import inventory_plugins
from tests.unit.meta.project import modules
from tests.unit.meta.project import playbooks
from tests.unit.meta.project import read
from tests.unit.meta.project import read_yaml
from tests.unit.meta.project import roles
from tests.unit.meta.project import tracked_files
from tests.unit.meta.project import tracked_under

README = read("README.md")
GUIDES = "docs/docsite/rst"
PAGES = ["README.md", *(name for name in tracked_files() if name.startswith(f"{GUIDES}/"))]
# Words that look like variables.
NO_VARIABLES = {"flow_log_hosts", "flow_log_retire", *filters()}
NO_VARIABLES |= {"flow_log_delivery_hours", "flow_log_report", "flow_log_result", "flow_log_run", "flow_log_run_JOB"}
LANGUAGES = ("shell", "yaml", "text", "markdown")
README_LINES = 250
# Groups of the inventory plugin, and its name.
GROUPS = {*COVERAGE_GROUPS.values(), "flow_log_type_TYPE", "flow_log_region_REGION", "flow_log_account_ID"}
GROUPS |= {"flow_log_type_network_interface", "flow_log_targets"}


def test_readme_is_short() -> None:
    """References belong in the guides."""
    assert len(README.splitlines()) <= README_LINES


def test_readme_lists_and_links_all_plugins_roles_and_playbooks() -> None:
    cells = [cell for cell, *_rest in table_rows(section(README, "Included content")) if "`" in cell]
    links = {
        **{name: f"plugins/modules/{name}.py" for name in modules() + action_plugins()},
        **{name: f"roles/{name}/README.md" for name in roles()},
        **{name: f"playbooks/{name.removeprefix('flowlogs.aws.')}.yml" for name in playbooks()},
        **{name: f"plugins/inventory/{name}.py" for name in inventory_plugins()},
    }
    assert sorted(cells) == sorted(f"[`{name}`]({link})" for name, link in links.items())


def test_readme_lists_the_required_versions() -> None:
    text = section(README, "Requirements")
    ansible = read_yaml("meta/runtime.yml")["requires_ansible"].removeprefix(">=").removesuffix(".0")
    amazon = read_yaml("galaxy.yml")["dependencies"]["amazon.aws"].removeprefix(">=").removesuffix(".0")
    assert f"ansible-core {ansible} or newer" in text
    assert f"amazon.aws {amazon} or newer" in text


def test_readme_installs_the_current_version() -> None:
    assert f"flowlogs-aws-{read_yaml('galaxy.yml')['version']}.tar.gz" in section(README, "Installation")


def test_guide_maps_every_step_of_the_console_to_an_option() -> None:
    rows = rst.table_rows(read(f"{GUIDES}/guide_targets.rst"), "From the console to options")
    for step in ("Filter", "Maximum aggregation interval", "Destination", "S3 bucket ARN", "Format", "Add Tag"):
        assert any(first.startswith(step) for first, _option, _variable in rows), step
    options = {option.split("``")[1] for _first, option, _variable in rows if option.startswith("``")}
    documented = yaml.safe_load(read("plugins/modules/s3_flow_log.py").split('"""')[1])["options"]
    assert options <= documented.keys() | {"resource_ids"}
    assert {"traffic_type", "max_aggregation_interval", "destination", "log_format", "tags"} <= options


@for_each(PAGES)
def test_page_names_only_existing_variables(name: str) -> None:
    known = {
        *VARIABLES,
        *RUN_VARIABLES,
        *FACTS,
        GAPS_VARIABLE,
        "flow_log_id",
        *GROUPS,
        *NO_VARIABLES,
        *modules(),
        *action_plugins(),
        f"{PREFIX}OPTION",
    }
    assert set(re.findall(r"(?<![\w.])flow_log_\w*[a-zA-Z0-9]", read(name))) - known == set()


def test_every_variable_is_in_the_guide() -> None:
    guide = read(f"{GUIDES}/guide_targets.rst")
    own = {*VARIABLES, *RUN_VARIABLES} - {PREFIX + option for option in OPTION_DEFAULTS}
    assert {variable for variable in own if f"``{variable}``" not in guide} == set()


def test_every_fact_and_group_of_the_inventory_plugin_is_in_its_guide() -> None:
    guide = read(f"{GUIDES}/guide_inventory.rst")
    assert [name for name in (*FACTS, GAPS_VARIABLE, *GROUPS, *COVERAGE_GROUPS) if name not in guide] == []


def test_guide_lists_every_finding_with_its_severity() -> None:
    guide = read(f"{GUIDES}/guide_drift_report.rst")
    listed = dict(re.findall(r"^   \* - ``(\w+)``\n     - (high|medium|low|info|ok)$", guide, re.MULTILINE))
    assert listed == SEVERITIES


def test_guide_names_the_harmless_events_of_log_delivery() -> None:
    """CloudTrail shows denied calls of log delivery that AWS documents as harmless."""
    text = read(f"{GUIDES}/guide_troubleshooting.rst")
    events, _rest = text.split("AWS documents both as harmless", 1)
    assert all(f"``{name}`` with the error ``AccessDenied``" in events for name in ("HeadBucket", "ListBucket"))


def test_reference_lists_severity_and_drift_of_each_finding() -> None:
    page = read(f"{GUIDES}/reference_findings.rst")
    listed = re.findall(r"^(\w+)\n-+\n\n\*\*Severity: (\w+)\.(?: (Always|Not|Drift))?", page, re.MULTILINE)
    assert {name: severity for name, severity, _drift in listed} == SEVERITIES
    assert [name for name, _severity, _drift in listed] == list(SEVERITIES)
    assert [name for name, _severity, drift in listed if drift == "Always"] == list(DRIFT_FINDINGS)


def test_reference_quotes_the_texts_of_the_report() -> None:
    said = plain(" ".join(map(read, tracked_under("plugins/plugin_utils/_findings")))).replace('" "', "")
    quoted = re.findall(
        r"(?<!\*)\*([A-Z][^*]{20,})\*(?!\*)", " ".join(read(f"{GUIDES}/reference_findings.rst").split())
    )
    parts = [part.strip(" .,:") for text in quoted for part in re.split(r"\b[A-Z]{5,}\b", text)]
    assert len(quoted) > 5
    assert [part for part in parts if part not in said] == []


def test_reference_lists_every_playbook() -> None:
    page = read(f"{GUIDES}/reference_playbooks.rst")
    assert sorted(re.findall(r"^(flowlogs\.aws\.\w+)\n-+$", page, re.MULTILINE)) == playbooks()


def test_guide_shows_the_minimal_permissions() -> None:
    shown = [block for block in code_blocks(read(f"{GUIDES}/guide_permissions.rst")) if block.language == "json"]
    assert [json.loads(block.text) for block in shown] == [permissions_policy("log_delivery")]


def test_every_guide_is_in_the_table_of_contents_and_in_the_readme() -> None:
    listed = [name for part in read_yaml("docs/docsite/extra-docs.yml")["sections"] for name in part["toctree"]]
    guides = sorted(pathlib.PurePath(name).stem for name in PAGES if name.endswith(".rst"))
    assert sorted(listed) == guides
    # The table of guides has each guide once; other sections may link to it too.
    assert sorted(re.findall(rf"\({GUIDES}/(\w+)\.rst\)", section(README, "Included content"))) == guides


def test_start_page_links_every_guide_plugin_and_role() -> None:
    start = read("docs/site/index.rst")
    pages = [f"docsite/{pathlib.PurePath(name).stem}" for name in PAGES if name.endswith(".rst")]
    pages += [f"{name}_module" for name in modules() + action_plugins()] + [f"{name}_role" for name in roles()]
    pages += [f"{name}_inventory" for name in inventory_plugins()]
    assert sorted(re.findall(r"collection/([a-z0-9_/]+(?:_module|_role|_inventory)|docsite/\w+)", start)) == sorted(
        pages
    )


def test_quick_start_is_the_same_in_guide_and_readme() -> None:
    """The README's quick start is run as printed, see tests/release/test_readme.py."""
    text = section(README, "Installation") + "\n" + section(README, "Quick start")
    shown = [(block.language, block.text) for language in LANGUAGES for block in blocks(text, language)]
    guide = [(block.language, block.text) for block in code_blocks(read(f"{GUIDES}/guide_quickstart.rst"))]
    assert guide == sorted(shown, key=lambda block: text.index("\n```{}\n{}\n```".format(*block)))


@for_each(["README.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_links_to_files_exist(name: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", read(name))
    assert [link for link in links if not (ROOT / link).is_file()] == []
