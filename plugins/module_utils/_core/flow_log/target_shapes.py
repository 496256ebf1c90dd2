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
    """Whether a NAT gateway is regional: only those can have flow logs (EC2 API CreateFlowLogs, ResourceType)."""
    return item.get("AvailabilityMode") == "regional"


def _any(item: Mapping[str, Any]) -> bool:
    return bool(item)


@dataclass(frozen=True)
class Shape:
    """How EC2 describes the resources of a type.

    :param operation: name of the API operation.
    :param answer: key of the list in the response.
    :param resource_id: key of the id.
    :param owner: key of the owner's account id; ``None`` if the operation returns only the account's own resources.
    :param parents: keys with the ids of resources whose flow logs cover this one.
    :param filter_parameter: name of the parameter for filters.
    :param is_target: whether a described resource can have flow logs.
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


#: Without Cloud WAN: its resources are global, and AWS does not document which Region has their flow logs.
SHAPES: Mapping[str, Shape] = {
    "VPC": Shape("DescribeVpcs", "Vpcs", "VpcId", "OwnerId"),
    # VPC User Guide, flow logs: a flow log of a VPC or subnet monitors each network interface in it.
    "Subnet": Shape("DescribeSubnets", "Subnets", "SubnetId", "OwnerId", ("VpcId",)),
    "NetworkInterface": Shape(
        "DescribeNetworkInterfaces", "NetworkInterfaces", "NetworkInterfaceId", "OwnerId", ("SubnetId", "VpcId")
    ),
    # AWS does not document whether a flow log of the VPC records a regional NAT gateway, so it has no parent.
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
