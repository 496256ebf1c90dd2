# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.misspelt_variables import ROLE_OPTIONS
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.misspelt_variables import misspelt_variables
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.misspelt_variables import note_of
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import RUN_VARIABLES
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import VARIABLES


@pytest.mark.parametrize(
    ("prefix", "name", "meant"),
    [
        ("flow_log_", "flow_log_trafic_type", "flow_log_traffic_type"),
        ("flow_log_", "flow_log_host", "flow_log_hosts"),
        ("flow_log_", "flow_log_retired", "flow_log_retire"),
        ("flow_log_", "flow_log_with_reports", "flow_log_with_report"),
        ("flow_log_", "flow_log_delivery_hour", "flow_log_delivery_hours"),
        ("publish_to_s3_", "publish_to_s3_traffic_typ", "publish_to_s3_traffic_type"),
        ("publish_to_s3_", "publish_to_s3_tag", "publish_to_s3_tags"),
        ("publish_to_s3_", "publish_to_s3_strickt", "publish_to_s3_strict"),
        ("drift_report_", "drift_report_fromats", "drift_report_formats"),
        ("drift_report_", "drift_report_failon", "drift_report_fail_on"),
    ],
)
def test_suggests_the_variable_for_a_typo(prefix: str, name: str, meant: str) -> None:
    assert misspelt_variables([name], prefix) == {name: meant}
    assert note_of(name, meant) == f"{name} has no effect. Did you mean {meant}?"


@pytest.mark.parametrize("prefix", ROLE_OPTIONS)
def test_only_unknown_names_with_the_prefix_are_typos(prefix: str) -> None:
    right = [prefix + name for name in ROLE_OPTIONS[prefix]]
    others = ["publish_to_s4_tags", f"{prefix}a_variable_of_your_own", f"__{right[0]}s", "flow_log_trafic_type"]
    assert misspelt_variables(right + others, prefix) == {}


def test_no_variable_of_the_inventory_is_a_typo() -> None:
    assert misspelt_variables(VARIABLES + RUN_VARIABLES) == {}


@pytest.mark.parametrize("result", ["permissions_result", "destination_result", "flow_logs_result"])
def test_fact_of_the_role_is_no_typo(result: str) -> None:
    assert misspelt_variables([f"publish_to_s3_{result}"], "publish_to_s3_") == {}
