# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faster versions of moto functions for large fleets, with the same results."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionContext
from moto.core.responses import ActionResult
from moto.core.serialize import DefaultAttributePicker
from moto.ec2.exceptions import InvalidNetworkInterfaceIdError
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.elastic_network_interfaces import NetworkInterfaceBackend
from moto.ec2.models.subnets import Subnet
from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE
from moto.ec2.utils import get_prefix


class ExactResult(ActionResult):
    """A result with the member names of the service model, so that moto does not try other names."""

    def execute_result(self, context: ActionContext) -> Any:
        """Return status, headers and body."""
        serializer = context.serializer_class(
            operation_model=context.operation_model, value_picker=DefaultAttributePicker()
        )
        answer = serializer.serialize(self.result)
        return answer["status_code"], answer["headers"], answer["body"]


def install() -> None:
    """Install the faster versions in moto. May be called again."""
    TaggedEC2Resource.get_tags = _tags_of_one_resource
    NetworkInterfaceBackend.get_network_interface = _interface_by_id
    Subnet.available_ip_address_count = property(_free_addresses)


def _tags_of_one_resource(resource: Any) -> list[dict[str, str]]:
    # moto filters the tags of all resources with a pattern, for each resource.
    tags = resource.ec2_backend.tags.get(resource.id) if resource.id else None
    if not tags:
        return []
    kind = EC2_PREFIX_TO_RESOURCE.get(get_prefix(resource.id), "")
    return [
        {"resource_id": resource.id, "key": key, "value": value, "resource_type": kind} for key, value in tags.items()
    ]


def _interface_by_id(backend: Any, eni_id: str) -> NetworkInterface:
    # moto searches all interfaces although it stores them by id.
    try:
        return backend.enis[eni_id]
    except KeyError:
        raise InvalidNetworkInterfaceIdError(eni_id) from None


def _free_addresses(subnet: Any) -> int:
    # moto walks over all interfaces for each subnet; every interface of the simulator has one address or a few.
    return subnet._available_ip_addresses - _taken_addresses(subnet.ec2_backend).get(subnet.id, 0)


def _taken_addresses(backend: Any) -> dict[str, int]:
    """Addresses in use by subnet id; counted again only after interfaces changed."""
    known = backend.__dict__.get("_simulator_taken_addresses")
    if known is not None and known[0] == (len(backend.enis), next(reversed(backend.enis), None)):
        return known[1]
    taken: dict[str, int] = {}
    for interface in backend.enis.values():
        taken[interface.subnet.id] = taken.get(interface.subnet.id, 0) + len(interface.private_ip_addresses)
    backend._simulator_taken_addresses = ((len(backend.enis), next(reversed(backend.enis), None)), taken)
    return taken
