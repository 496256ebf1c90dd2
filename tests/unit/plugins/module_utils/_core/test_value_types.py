# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values of a wrong type are refused with their option."""

from __future__ import annotations

from typing import Any
from typing import Callable

import pytest

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.log_format import parse_log_format
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.resource_types import RESOURCE_TYPES
from ansible_collections.flowlogs.aws.plugins.module_utils._core.values import read_list
from ansible_collections.flowlogs.aws.plugins.module_utils._core.values import read_mapping

FAMILY = RESOURCE_TYPES["VPC"].family


@pytest.mark.parametrize(
    ("option", "read"),
    [
        ("log_format", lambda: parse_log_format({"version": 2}, FAMILY)),
        ("log_format", lambda: parse_log_format(2, FAMILY)),
        ("grants", lambda: read_list("grants", {"a": 1}, "a list")),
        ("tags", lambda: read_mapping("tags", ["a"], "a dictionary")),
        ("tags", lambda: read_mapping("tags", {1: "a"}, "a dictionary")),
    ],
)
def test_a_value_of_a_wrong_type_is_refused_with_its_option(option: str, read: Callable[[], Any]) -> None:
    with pytest.raises(InputError) as refused:
        read()
    assert refused.value.option == option
