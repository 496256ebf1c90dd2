# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The last delivery of flow logs that AWS describes without all attributes."""

from __future__ import annotations

from datetime import datetime
from datetime import timezone

import pytest
from botocore.stub import Stubber

from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.create_request import settings_of
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.model import flow_log_from_description
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.resource_types import RESOURCE_TYPES
from ansible_collections.flowlogs.aws.plugins.module_utils._run.delivery import read_delivery
from tests.unit.plugins.module_utils._aws.offline import client_of

NOW = datetime(2026, 3, 1, tzinfo=timezone.utc)


@pytest.mark.parametrize("described", [{}, {"LogDestination": ""}, {"LogDestination": "arn:aws:s3"}])
def test_delivery_is_unknown_without_a_destination(described: dict[str, str]) -> None:
    item = {"FlowLogId": "fl-1", "ResourceId": "vpc-1", "LogDestinationType": "s3", **described}
    flow_log = flow_log_from_description(item)
    s3 = client_of("s3")
    with Stubber(s3):
        delivery = read_delivery(s3, flow_log, "111122223333", "eu-west-1", NOW, 24)
    assert (delivery["status"], delivery["objects"], delivery["hours"]) == ("unknown", None, 24)
    assert "does not describe the destination" in delivery["reason"]
    # Its settings can be built for a restore, too, without a traceback.
    assert settings_of(flow_log, RESOURCE_TYPES["VPC"]).destination.bucket == ""
