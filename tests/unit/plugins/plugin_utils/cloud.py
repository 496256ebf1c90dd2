# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An AWS of stubs, for the tests of what reads targets."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from ansible.errors import AnsibleError
from botocore.stub import Stubber

from tests.unit.plugins.module_utils._aws.offline import client_of

SHOP, HOME = "111122223333", "eu-west-1"
VPC, SUBNET, ENI = "vpc-0a000000000000001", "subnet-0a000000000000001", "eni-0a000000000000001"


class Cloud:
    """Clients by service and Region with prepared answers. Calls without a prepared answer fail."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._stubs: dict[tuple[str, str], Stubber] = {}
        self.asked_with: list[dict[str, Any]] = []
        self.closed: set[str] = set()

    def of(self, service: str, region: str = HOME) -> Stubber:
        """The answers of a service in a region."""
        if (service, region) not in self._stubs:
            self._stubs[service, region] = self._stack.enter_context(Stubber(client_of(service)))
        return self._stubs[service, region]

    def __call__(self, service: str, region: str, **credentials: Any) -> Any:
        self.asked_with.append(credentials)
        if (service, region) == ("ec2", "eu-north-1") and "eu-north-1" in self.closed:
            raise AnsibleError("No such profile.")
        return self.of(service, region).client

    def is_account(self, account: str = SHOP) -> None:
        """Whose credentials these are."""
        arn = f"arn:aws:iam::{account}:user/reader"
        self.of("sts").add_response("get_caller_identity", {"Account": account, "Arn": arn, "UserId": "A" * 20})

    def has_regions(self, **statuses: str) -> None:
        """The regions of the account, with dashes instead of low lines."""
        regions = [{"RegionName": name.replace("_", "-"), "OptInStatus": status} for name, status in statuses.items()]
        self.of("ec2").add_response("describe_regions", {"Regions": regions})

    def has_vpcs(self, *ids: str, region: str = HOME) -> None:
        """VPCs of a region, and no flow log."""
        vpcs = [{"VpcId": name, "OwnerId": SHOP} for name in ids]
        self.of("ec2", region).add_response("describe_vpcs", {"Vpcs": vpcs})
        self.of("ec2", region).add_response("describe_flow_logs", {"FlowLogs": []})
