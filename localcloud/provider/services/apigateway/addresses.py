"""Where API Gateway's things are: ARNs, addresses, tags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from localcloud.provider.base.errors import ProviderError
from localcloud.provider.base.resource import Aws, Props
from localcloud.provider.base.tags import TagMap


def arn(aws: Aws, *names: str) -> str:
    """Return the ARN of a control-plane object; it names the region but no account."""
    return f"arn:{aws.partition}:apigateway:{aws.region}::/{'/'.join(names)}"


def execution_arn(aws: Aws, *names: str) -> str:
    """Return the ARN that permissions and policies name: api, stage, method, path."""
    return aws.arn("execute-api", "/".join(names))


def invoke_url(aws: Aws, client: Any, api: str, stage: str) -> str:
    """Return the address of a stage: AWS's own, or the emulator's path on any other endpoint.

    Names below amazonaws.com would lead an emulator's callers to the real AWS.
    """
    endpoint = urlsplit(client.meta.endpoint_url)
    if (endpoint.hostname or "").endswith((".amazonaws.com", ".amazonaws.com.cn")):
        suffix = "amazonaws.com.cn" if aws.partition == "aws-cn" else "amazonaws.com"
        base = f"https://{api}.execute-api.{aws.region}.{suffix}"
    else:
        base = f"{endpoint.scheme}://{endpoint.netloc}/_aws/execute-api/{api}"
    return base if stage == "$default" else f"{base}/{stage}"


def within(known: Props, name: str) -> Any:
    """Return the input that says in which API something is; its id alone does not tell.

    Pulumi's import gives nothing but the id, so these types cannot be imported.
    """
    if name not in known:
        raise ProviderError(f"it cannot be imported: its id does not tell its {name}")
    return known[name]


@dataclass(frozen=True)
class GatewayTags:
    """Tags by ARN, on both APIs (`tags` and `Tags` are the members of the REST and the HTTP one).

    The emulator answers GetTags for most types only with what TagResource set and never with what
    the create call set; so they are always written after creation as well. Finders look into the
    lists, where the create call's tags, and with them the creation token, stay for good.
    """

    member: str
    argument: str
    at_create: bool = False

    def read(self, client: Any, id: str, known: Props) -> TagMap:
        """All tags as AWS has them."""
        answer = client.get_tags(**{self.argument: known["arn"]})
        return dict(answer.get(self.member) or {})

    def write(self, client: Any, id: str, known: Props, *, put: TagMap, drop: list[str]) -> None:
        """Set the tags in `put` and remove those named in `drop`."""
        target = {self.argument: known["arn"]}
        keys = "tagKeys" if self.member == "tags" else "TagKeys"
        if drop:
            client.untag_resource(**target, **{keys: drop})
        if put:
            client.tag_resource(**target, **{self.member: put})


REST_TAGS = GatewayTags("tags", "resourceArn")
HTTP_TAGS = GatewayTags("Tags", "ResourceArn")
