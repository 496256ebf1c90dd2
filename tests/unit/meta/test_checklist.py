# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/checklist.md: its files and tests exist, and the items without a tool hold."""

from __future__ import annotations

import re
import tomllib

import yaml

from tests.markdown import section
from tests.markdown import table_rows
from tests.unit.meta.project import ROOT
from tests.unit.meta.project import for_each
from tests.unit.meta.project import modules
from tests.unit.meta.project import read
from tests.unit.meta.project import tracked_files
from tests.unit.meta.project import tracked_under

PAGES = ["ARCHITECTURE.md", "docs/checklist.md", "docs/how_to_add_a_setting.md"]
TARGETS = set(re.findall(r"^([a-z-]+):.*## ", read("Makefile"), re.MULTILINE))
#: Sections that the collection requirements and the collection template require.
SECTIONS = "Description Requirements Installation Testing Contributing Communication Support License".split() + [
    "Included content",
    "Release notes and versions",
    "Related information",
]
#: Modules that run other modules.
RUNS_OTHERS = ("flow_log_tasks",)
#: Example accounts of AWS's guides.
ACCOUNTS = {"111122223333", "444455556666", "123456789012", "777788889999", "123456789098"}


@for_each(PAGES)
def test_page_names_files_and_tests_that_exist(page: str) -> None:
    for path, test in re.findall(r"`([\w.]+/[\w./]+\.\w+)(?:::(\w+))?`", read(page)):
        assert (ROOT / path).is_file(), path
        assert f"def {test}(" in read(path) if test else True, test


@for_each([*PAGES, "CONTRIBUTING.md", "README.md"])
def test_page_names_commands_that_exist(page: str) -> None:
    assert set(re.findall(r"`make ([a-z-]+)", read(page))) <= TARGETS


@for_each(PAGES)
def test_page_links_to_files_that_exist(page: str) -> None:
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^):]+)\)", read(page))]
    assert [link for link in links if not ((ROOT / page).parent / link).is_file()] == []


def test_every_command_is_explained() -> None:
    explained = {cell.strip("`").split()[-1] for cell, *_rest in table_rows(section(read("CONTRIBUTING.md"), "Set up"))}
    assert TARGETS - explained == {"help", "pins"}


def test_sanity_ignores_nothing() -> None:
    assert [name for name in tracked_files() if name.startswith("tests/sanity/")] == []


def test_private_code_is_marked() -> None:
    for name in tracked_under("plugins/module_utils"):
        assert name.split("/")[2].startswith("_"), name
        assert "PRIVATE to this collection" in " ".join(read(name).split()), name


@for_each(modules())
def test_only_changing_modules_have_a_state(name: str) -> None:
    options = yaml.safe_load(read(f"plugins/modules/{name}.py").split('"""')[1])["options"]
    changes = not name.endswith("_info") and name not in RUNS_OTHERS
    assert ("state" in options) == changes
    assert set(options.get("state", {}).get("choices", ())) <= {"present", "absent"}


@for_each(["README.md", *tracked_under("plugins/modules"), *tracked_under("docs", suffix=".rst")])
def test_examples_name_example_accounts(name: str) -> None:
    assert set(re.findall(r"(?<![\w.-])\d{12}(?![\w.-])", read(name))) <= ACCOUNTS


def test_readme_has_the_required_sections() -> None:
    titles = re.findall(r"^## (.+)$", read("README.md"), re.MULTILINE)
    assert [title for title in SECTIONS if title not in titles] == []
    assert "code of conduct" in read("README.md")


def test_readme_shows_the_tested_versions() -> None:
    rows = [[cell.strip("`") for cell in row] for row in table_rows(section(read("README.md"), "Testing"))]
    cells = tomllib.loads(read("tools/matrix.toml"))["cells"]
    shown = [[cell.get(key, "") for key in ("core", "python", "amazon_aws", "boto3", "modules")] for cell in cells]
    assert [row for row in rows if row[0][:1].isdigit()] == shown


def test_badges_of_the_readme_show_the_versions_of_the_matrix() -> None:
    cells = tomllib.loads(read("tools/matrix.toml"))["cells"]
    for badge, key in (("ansible--core", "core"), ("python", "python"), ("amazon.aws", "amazon_aws")):
        versions = sorted({tuple(map(int, cell[key].split(".")[:2])) for cell in cells})
        lowest, highest = (".".join(map(str, version)) for version in (versions[0], versions[-1]))
        assert f"/badge/{badge}-{lowest}--{highest}-" in read("README.md")
