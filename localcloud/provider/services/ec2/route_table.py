"""aws:ec2/routeTable and routeTableAssociation: where packets go, and from which subnets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from localcloud.provider.base.resource import Aws, Prop, Props, ResourceType, present
from localcloud.provider.services.ec2.ec2_resource import Ec2Resource, filters

_DESTINATIONS = {
    "cidrBlock": "DestinationCidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
    "ipv6CidrBlock": "DestinationIpv6CidrBlock",
}
_TARGETS = {
    "egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
    "gatewayId": "GatewayId",
    "natGatewayId": "NatGatewayId",
    "networkInterfaceId": "NetworkInterfaceId",
    "transitGatewayId": "TransitGatewayId",
    "vpcEndpointId": "VpcEndpointId",
    "vpcPeeringConnectionId": "VpcPeeringConnectionId",
}


class RouteTable(Ec2Resource):
    """Routes of one network; without `routes` they are not this resource's business."""

    token = "aws:ec2/routeTable:RouteTable"
    kind = "route-table"
    describe, listed, id_field = "describe_route_tables", "RouteTables", "RouteTableId"
    props = {
        "vpcId": Prop(required=True, replaces=True),
        "routes": Prop(unordered=True, computed=True),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Create the table."""
        answer = aws.client("ec2").create_route_table(VpcId=inputs["vpcId"], **self.tagged(inputs))
        return str(answer["RouteTable"]["RouteTableId"])

    def complete(self, aws: Aws, id: str, inputs: Props) -> None:
        """Add the routes that a creation cut off has not added yet."""
        if inputs.get("routes"):
            found = self.read(aws, id, inputs) or {}
            _change_routes(aws, id, found.get("routes") or [], inputs["routes"])

    def properties(self, aws: Aws, found: Props, known: Props) -> Props:
        """Describe the table."""
        return {
            "arn": aws.arn("ec2", f"route-table/{found['RouteTableId']}"),
            "ownerId": found.get("OwnerId"),
            "routes": [_from_route(route) for route in found["Routes"] if _is_ours(route)],
            "vpcId": found["VpcId"],
        }

    def update(self, aws: Aws, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        """Remove the routes that are gone and add the new ones."""
        if "routes" in changed:
            _change_routes(aws, id, old.get("routes") or [], new.get("routes") or [])

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Delete the table."""
        aws.client("ec2").delete_route_table(RouteTableId=id)


class RouteTableAssociation(ResourceType):
    """That a subnet (or gateway) uses a route table; it uses one at a time."""

    token = "aws:ec2/routeTableAssociation:RouteTableAssociation"
    service = "ec2"
    delete_before_replace = True
    # AWS gives an association another id when it points elsewhere: so that is a new one.
    props = {
        "routeTableId": Prop(required=True, replaces=True),
        "subnetId": Prop(replaces=True),
        "gatewayId": Prop(replaces=True),
    }

    def validate(self, inputs: Props) -> Iterable[tuple[str, str]]:
        """One thing is associated at a time."""
        if ("subnetId" in inputs) == ("gatewayId" in inputs):
            yield "subnetId", "give exactly one of subnetId and gatewayId"

    def create(self, aws: Aws, inputs: Props) -> str:
        """Associate."""
        answer = aws.client("ec2").associate_route_table(
            RouteTableId=inputs["routeTableId"],
            **present(SubnetId=inputs.get("subnetId"), GatewayId=inputs.get("gatewayId")),
        )
        return str(answer["AssociationId"])

    def read(self, aws: Aws, id: str, known: Props) -> Props | None:
        """Look for the association in the tables' descriptions."""
        return _association(aws, id)

    def delete(self, aws: Aws, id: str, known: Props) -> None:
        """Dissociate."""
        aws.client("ec2").disassociate_route_table(AssociationId=id)

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Find the association of this subnet or gateway with this table."""
        tables = aws.client("ec2").describe_route_tables(RouteTableIds=[inputs["routeTableId"]])
        for found in (a for table in tables["RouteTables"] for a in table["Associations"]):
            if (found.get("SubnetId"), found.get("GatewayId")) == (
                inputs.get("subnetId"),
                inputs.get("gatewayId"),
            ):
                return str(found["RouteTableAssociationId"])
        return None


def _association(aws: Aws, id: str) -> Props | None:
    chosen = filters(**{"association.route-table-association-id": id})
    for table in aws.client("ec2").describe_route_tables(**chosen)["RouteTables"]:
        for found in table["Associations"]:
            if found["RouteTableAssociationId"] == id:
                return {
                    "routeTableId": table["RouteTableId"],
                    "subnetId": found.get("SubnetId"),
                    "gatewayId": found.get("GatewayId"),
                }
    return None


def _is_ours(route: Props) -> bool:
    """Whether a program made this route, and not AWS or a gateway endpoint."""
    to_endpoint = str(route.get("GatewayId", "")).startswith("vpce-")
    return route.get("Origin") == "CreateRoute" and not to_endpoint


def _from_route(route: Props) -> Props:
    fields = {**_DESTINATIONS, **_TARGETS}
    return {ours: route[theirs] for ours, theirs in fields.items() if route.get(theirs)}


def _change_routes(aws: Aws, id: str, old: list[Props], new: list[Props]) -> None:
    client = aws.client("ec2")
    for route in (route for route in old if route not in new):
        client.delete_route(RouteTableId=id, **_arguments(route, _DESTINATIONS))
    for route in (route for route in new if route not in old):
        arguments = _arguments(route, {**_DESTINATIONS, **_TARGETS})
        client.create_route(RouteTableId=id, **arguments)


def _arguments(route: Props, fields: dict[str, str]) -> dict[str, Any]:
    return present(**{theirs: route.get(ours) for ours, theirs in fields.items()})
