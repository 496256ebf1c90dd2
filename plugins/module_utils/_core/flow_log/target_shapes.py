# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How EC2 describes the resources that can have flow logs. PRIVATE to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Callable


def _regional(item: Mapping[str, Any]) -> bool:
    """Only regional NAT gateways can have flow logs of their own (EC2 API CreateFlowLogs, ResourceType)."""
    return item.get("AvailabilityMode") == "regional"


def _any(item: Mapping[str, Any]) -> bool:
    return bool(item)


@dataclass(frozen=True)
class Shape:
    """How EC2 describes the resources of a type.

    :param operation: the call that describes them.
    :param answer: member of its answer that lists them.
    :param resource_id: member with the id.
    :param owner: member with the owner's account; ``None`` where there are only the account's own.
    :param parents: members with the ids of resources whose flow logs cover this one.
    :param filter_parameter: botocore's name for the filters.
    """

    operation: str
    answer: str
    resource_id: str
    owner: str | None
    parents: tuple[str, ...] = ()
    filter_parameter: str = "Filters"
    is_target: Callable[[Mapping[str, Any]], bool] = field(default=_any)

    @property
    def id_filter(self) -> str:
        """Name of the filter by id (EC2 API, the description of each operation): ``vpc-id`` for ``VpcId``."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", self.resource_id).lower()


#: Cloud WAN is not here: its resources are global, and which region has their flow logs is not documented.
SHAPES: Mapping[str, Shape] = {
    "VPC": Shape("DescribeVpcs", "Vpcs", "VpcId", "OwnerId"),
    # VPC User Guide, flow logs: a flow log of a VPC or subnet monitors each network interface in it.
    "Subnet": Shape("DescribeSubnets", "Subnets", "SubnetId", "OwnerId", ("VpcId",)),
    "NetworkInterface": Shape(
        "DescribeNetworkInterfaces", "NetworkInterfaces", "NetworkInterfaceId", "OwnerId", ("SubnetId", "VpcId")
    ),
    # Whether a flow log of the VPC sees a regional NAT gateway is not documented, so it has no parent.
    "RegionalNatGateway": Shape(
        "DescribeNatGateways", "NatGateways", "NatGatewayId", None, (), "Filter", is_target=_regional
    ),
    "TransitGateway": Shape("DescribeTransitGateways", "TransitGateways", "TransitGatewayId", "OwnerId"),
    # Only the owner of a transit gateway can log it or its attachments (Transit Gateway Guide, flow logs).
    "TransitGatewayAttachment": Shape(
        "DescribeTransitGatewayAttachments",
        "TransitGatewayAttachments",
        "TransitGatewayAttachmentId",
        "TransitGatewayOwnerId",
        ("TransitGatewayId",),
    ),
}
