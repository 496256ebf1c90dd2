# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Creates a fleet in moto, with fixed ids instead of moto's random ones.

Objects are created directly in moto's backends, because moto's create functions check against all existing objects,
which takes quadratic time.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

from moto.ec2.models import ec2_backends
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.subnets import Subnet
from moto.ec2.models.transit_gateway import TransitGateway
from moto.ec2.models.transit_gateway_attachments import TransitGatewayAttachment
from moto.ec2.models.transit_gateway_attachments import TransitGatewayVpcAttachment
from moto.ec2.models.vpcs import VPC
from moto.kms.models import kms_backends
from moto.s3.models import s3_backends

from . import bucket_policies
from . import buckets
from . import delivery
from . import flow_logs
from . import keys
from . import planting_principals
from .caller_policies import organization_policies
from .fleet import Fleet
from .fleet import FleetError
from .fleet import PlantedFlowLog
from .fleet import Resource
from .fleet_storage import Bucket
from .fleet_storage import Key
from .flow_logs.store import store_of


def plant(fleet: Fleet) -> None:
    """Create everything in the fleet.

    :raises FleetError: an unknown Region or zone, or an id or name that exists.
    """
    _check(fleet)
    for (account, region), keeps_default in fleet.regions.items():
        if not keeps_default:
            _remove_default_vpc(ec2_backends[account][region])
    for resource in fleet.resources:
        backend = ec2_backends[resource.account][resource.region]
        _MAKERS[resource.kind](backend, resource)
        backend.tags[resource.id].update(resource.tags)
    for key in fleet.keys:
        keys.plant(key)
    for bucket in fleet.buckets:
        _bucket(bucket)
    for principal in fleet.principals:
        planting_principals.plant(principal)
    for log in fleet.flow_logs:
        flow_logs.plant(log.account, log.region, dict(log.fields))
    delivery.enter_organizations(fleet.organizations)
    organization_policies.update(fleet.organization_policies)


def put_policy(bucket: str, policy: Mapping[str, Any] | None) -> None:
    """Set a bucket policy without checks; None deletes it. An unknown bucket is ignored."""
    if bucket in s3_backends.bucket_accounts:
        bucket_policies.plant(bucket, policy)


def _check(fleet: Fleet) -> None:
    """Check everything first, so that an invalid document changes nothing."""
    for account, region in fleet.regions:
        if region not in ec2_backends[account]:
            raise FleetError(f"accounts.{account}.regions: there is no region {region}")
    for resource in fleet.resources:
        _check_resource(resource)
    for bucket in fleet.buckets:
        if bucket.name in s3_backends.bucket_accounts:
            raise FleetError(f"the bucket {bucket.name} exists already")
    for key in fleet.keys:
        _check_key(key)
    for principal in fleet.principals:
        planting_principals.check(principal)
    for log in fleet.flow_logs:
        _check_flow_log(log)


def _check_resource(resource: Resource) -> None:
    zone = resource.settings.get("zone")
    if zone is not None and zone not in _zones(resource.region):
        raise FleetError(
            f"{resource.id}: {resource.region} has no zone {zone}, only {', '.join(_zones(resource.region))}"
        )
    backend = ec2_backends[resource.account][resource.region]
    taken = {
        "vpc": backend.vpcs,
        "interface": backend.enis,
        "transit_gateway": backend.transit_gateways,
        "attachment": backend.transit_gateway_attachments,
    }
    if resource.id in taken.get(resource.kind, ()):
        raise FleetError(f"{resource.id} exists already")


def _check_flow_log(log: PlantedFlowLog) -> None:
    if log.fields["FlowLogId"] in store_of(log.account, log.region).by_id:
        raise FleetError(f"{log.fields['FlowLogId']} exists already")


def _check_key(key: Key) -> None:
    if key.region not in kms_backends[key.account]:
        raise FleetError(f"accounts.{key.account}.keys: there is no region {key.region}")
    if keys.exists(key.account, key.region, key.id):
        raise FleetError(f"the key {key.id} of {key.account} exists already in {key.region}")


def _zones(region: str) -> dict[str, Any]:
    return {zone.name: zone for zone in RegionsAndZonesBackend.zones[region]}


def _remove_default_vpc(backend: Any) -> None:
    """Remove the default VPCs and their resources."""
    for vpc in [vpc for vpc in backend.vpcs.values() if vpc.is_default]:
        del backend.vpcs[vpc.id]
        backend.groups.pop(vpc.id, None)
        for kept in (*backend.subnets.values(), backend.route_tables, backend.network_acls):
            _remove_of_vpc(kept, vpc.id)


def _remove_of_vpc(kept: dict[str, Any], vpc: str) -> None:
    for key in [key for key, item in kept.items() if item.vpc_id == vpc]:
        del kept[key]


def _vpc(backend: Any, resource: Resource) -> None:
    vpc = VPC(backend, resource.id, resource.settings["cidr"], is_default=False)
    backend.vpcs[vpc.id] = vpc
    # Interfaces and DescribeSecurityGroups expect the default group; force skips moto's search for a namesake.
    backend.create_security_group("default", "default VPC security group", vpc_id=vpc.id, is_default=True, force=True)


def _subnet(backend: Any, resource: Resource) -> None:
    settings = resource.settings
    zone = _zones(resource.region)[settings["zone"]]
    backend.subnets[zone.name][resource.id] = Subnet(
        backend, resource.id, settings["vpc"], settings["cidr"], None, zone, False, False
    )


def _interface(backend: Any, resource: Resource) -> None:
    subnet = backend.get_subnet(resource.settings["subnet"])
    interface = NetworkInterface(backend, subnet, [], description=resource.settings["description"])
    interface.id = resource.id
    backend.enis[interface.id] = interface


def _transit_gateway(backend: Any, resource: Resource) -> None:
    gateway = TransitGateway(backend, resource.settings["description"])
    gateway.default_route_table.transit_gateway_id = gateway.id = resource.id
    backend.transit_gateways[gateway.id] = gateway


def _attachment(backend: Any, resource: Resource) -> None:
    settings = resource.settings
    gateway = backend.transit_gateways[settings["transit_gateway"]]
    if settings["resource_type"] == "vpc":
        attachment = TransitGatewayVpcAttachment(backend, gateway, settings["resource"], [])
    else:
        attachment = TransitGatewayAttachment(backend, settings["resource"], settings["resource_type"], gateway)
    attachment.id = resource.id
    backend.transit_gateway_attachments[attachment.id] = attachment


_MAKERS: dict[str, Callable[[Any, Resource], None]] = {
    "vpc": _vpc,
    "subnet": _subnet,
    "interface": _interface,
    "transit_gateway": _transit_gateway,
    "attachment": _attachment,
}


def _bucket(bucket: Bucket) -> None:
    buckets.plant(bucket)
    if bucket.policy is not None:
        put_policy(bucket.name, bucket.policy)
