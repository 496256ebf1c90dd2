# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sphinx settings for the documentation site; `make docs` builds it.

Building and reading the pages needs no network.
"""

from __future__ import annotations

import pathlib
import re

from docutils import nodes
from sphinx.application import Sphinx

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = "https://github.com/flowlogs/flowlogs.aws"
ANSIBLE_DOCS = "https://docs.ansible.com/projects/ansible/latest"
# Labels in Ansible's own documentation that pages of antsibull-docs use, except plugins and environment variables.
ANSIBLE_LABELS = {
    "action_plugins": ("plugins/action.html#action-plugins", "action plugins"),
    "ansible_configuration_settings": ("reference_appendices/config.html#ansible-configuration-settings", "settings"),
    "common_return_values": ("reference_appendices/common_return_values.html#common-return-values", "return values"),
}

project = "flowlogs.aws"
copyright = "flowlogs.aws contributors"  # pylint: disable=redefined-builtin
html_title = html_short_title = project
extensions = ["sphinx_antsibull_ext"]
pygments_style = "ansible"
highlight_language = "YAML+Jinja"
default_role = "any"
nitpicky = True
# Before the first release, the changelog page is one sentence without a title.
suppress_warnings = ["toc.no_title"]

html_theme = "sphinx_ansible_theme"
html_theme_options = {
    "documentation_home_url": "index.html",
    "show_extranav": False,
    "show_rtd_ethical_ads": False,
    "topbar_links": {"Source": SOURCE},
}
html_static_path = [str(HERE / "static")]
html_css_files = ["site.css"]
html_show_sphinx = False
html_use_modindex = False
html_use_index = False
html_copy_source = False
html_show_sourcelink = False
# A page opened from a file cannot read other pages, so search results show titles without summaries.
html_show_search_summary = False


def address_elsewhere(kind: str, target: str) -> tuple[str, str] | None:
    """Return URL and title of a page in Ansible's documentation, without fetching its index as Sphinx would.

    :param kind: of the reference: ``ref`` or ``envvar``.
    :param target: a label, such as ``ansible_collections.amazon.aws.aws_ec2_inventory``, or the name of a variable.
    """
    if kind == "envvar" and target.startswith("ANSIBLE_"):
        return f"{ANSIBLE_DOCS}/reference_appendices/config.html#envvar-{target}", target
    if target in ANSIBLE_LABELS:
        page, label = ANSIBLE_LABELS[target]
        return f"{ANSIBLE_DOCS}/{page}", label
    found = re.fullmatch(r"ansible_collections\.amazon\.aws\.((\w+)_[a-z]+)", target)
    return (f"{ANSIBLE_DOCS}/collections/amazon/aws/{found[1]}.html", f"amazon.aws.{found[2]}") if found else None


def resolve_elsewhere(_app: object, _env: object, node: nodes.Element, content: nodes.Element) -> nodes.Element | None:
    """Return a link to Ansible's documentation for a reference that this site cannot resolve."""
    found = address_elsewhere(node.get("reftype", ""), node.get("reftarget", ""))
    if found is None:
        return None
    address, label = found
    link = nodes.reference("", "", internal=False, refuri=address, reftitle=label)
    link += content if node.get("refexplicit") or node["reftype"] == "envvar" else nodes.inline(label, label)
    return link


def lead_home(_app: Sphinx, _page: str, _template: str, context: dict, _tree: object) -> None:
    """Link the title of each page to the start page, by a relative URL; the theme has one URL for all pages."""
    context["theme_documentation_home_url"] = context["pathto"]("index")


def setup(app: Sphinx) -> None:
    """Register the functions above with Sphinx."""
    app.connect("missing-reference", resolve_elsewhere)
    app.connect("html-page-context", lead_home)
