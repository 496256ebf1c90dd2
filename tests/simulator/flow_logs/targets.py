# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The resources to log: whether they exist, and the limit of flow logs per resource."""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import EC2ClientError

from .rules import MAX_PER_RESOURCE
from .store import Store

_NOT_FOUND = {
    "VPC": ("InvalidVpcID.NotFound", "The vpc ID '{}' does not exist"),
    "Subnet": ("InvalidSubnetID.NotFound", "The subnet ID '{}' does not exist"),
    "NetworkInterface": ("InvalidNetworkInterfaceID.NotFound", "The networkInterface ID '{}' does not exist"),
    "TransitGateway": ("InvalidTransitGatewayID.NotFound", "Transit Gateway {} was deleted or does not exist."),
    "TransitGatewayAttachment": (
        "InvalidTransitGatewayAttachmentID.NotFound",
        "Transit Gateway Attachment {} was deleted or does not exist.",
    ),
}
"""EC2 API, "Error codes"."""


def missing(backend: Any, resource_type: str, resource_id: str) -> tuple[str, str] | None:
    """Return code and message for a resource that does not exist, or None if it exists.

    moto has neither regional NAT gateways nor Cloud WAN; every valid id of these exists.

    :param backend: moto's EC2 backend of the account and region.
    """
    if resource_type not in _NOT_FOUND or _exists(backend, resource_type, resource_id):
        return None
    code, message = _NOT_FOUND[resource_type]
    return code, message.format(resource_id)


def _exists(backend: Any, resource_type: str, resource_id: str) -> bool:
    if resource_type == "Subnet":
        return any(resource_id in subnets for subnets in backend.subnets.values())
    kept = {
        "VPC": backend.vpcs,
        "NetworkInterface": backend.enis,
        "TransitGateway": backend.transit_gateways,
        "TransitGatewayAttachment": backend.transit_gateway_attachments,
    }
    return resource_id in kept[resource_type]


def check_limit(store: Store, resource_id: str) -> None:
    """VPC User Guide, flow-logs-limitations: 250 per resource; the code is of EC2 API, "Error codes".

    :raises EC2ClientError: FlowLogsLimitExceeded.
    """
    if store.count_of(resource_id) >= MAX_PER_RESOURCE:
        raise EC2ClientError("FlowLogsLimitExceeded", f"The maximum number of flow logs of {resource_id} is reached.")
