# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Host patterns for host names, checked with Ansible's own pattern matching."""

from __future__ import annotations

import pytest
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.finding import limit
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_names import pattern_of

NAMES = [
    "vpc-0a000000000000001",
    "web.example.com",
    "s3/operations-logs",
    "Prod Main VPC",
    "Prod",
    "shop:net",
    "shop",
    "prod, old",
    "!old",
    "old",
    "&and",
    "~x",
    "x",
    "@f",
    "a[0:1]",
    "a0",
    "shop*",
    "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1",
    "Zürich 🌍",
    "it's",
    "a.b",
    "aXb",
    "$HOME",
    # Looks like an address with a port, which Ansible splits elsewhere.
    "shop:443",
    "10.0.0.1:22",
    "[fe80::1]:22",
    "x:",
]


def matched(pattern: str, names: list[str]) -> list[str]:
    """The hosts that a pattern selects in Ansible."""
    manager = InventoryManager(loader=DataLoader(), sources=[])
    for name in names:
        manager.add_host(name, "all")
    manager.subset(pattern)
    return [host.name for host in manager.get_hosts()]


@pytest.mark.parametrize("name", NAMES)
def test_pattern_matches_only_its_host(name: str) -> None:
    assert matched(pattern_of(name), NAMES) == [name]


@pytest.mark.parametrize("name", ["vpc-0a000000000000001", "web.example.com", "s3/operations-logs"])
def test_plain_name_is_its_own_pattern(name: str) -> None:
    assert pattern_of(name) == name


@given(name=st.text(alphabet=st.sampled_from("ab:,[]!&~@*? .\\-0^$'\"#{}"), min_size=1, max_size=8))
def test_pattern_of_any_name_matches_only_its_host(name: str) -> None:
    others = [name + "b", name[:-1] + "c", "a", "b"]
    assert matched(pattern_of(name), [name, *(other for other in others if other != name)]) == [name]


@pytest.mark.parametrize(
    "host, expected",
    [
        (None, ""),
        ("", ""),
        ("vpc-1", " --limit vpc-1"),
        ("Prod VPC", r" --limit '~Prod\x20VPC\Z'"),
        ("Zürich 🌍", r" --limit '~Zürich\x20\U0001f30d\Z'"),
    ],
)
def test_limit_options_of_a_playbook(host: str, expected: str) -> None:
    assert limit(host) == expected
