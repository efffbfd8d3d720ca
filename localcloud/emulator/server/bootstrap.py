"""The admin user that deployments run as, made inside the server before it serves.

MiniStack takes a few well-known access keys for the account's root without checking any secret
(`test`, and every 12-digit number). The gate takes that power from them, so the first user cannot
be made over the network: this calls MiniStack's IAM directly.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree  # answers of our own server only
from urllib.parse import urlencode

from localcloud.emulator.layout import Layout
from localcloud.ground.files import replace_file

USER = "microstack-admin"
POLICY = "microstack-admin"
EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


async def ensure_admin(layout: Layout) -> None:
    """Make user, policy and access key unless the credentials file names a key that is alive."""
    if await _key_of(layout) in await _keys():
        return
    await _iam("CreateUser", UserName=USER)  # says EntityAlreadyExists when it is there: fine
    document = json.dumps(EVERYTHING)
    await _iam("PutUserPolicy", UserName=USER, PolicyName=POLICY, PolicyDocument=document)
    for stale in await _keys():
        await _iam("DeleteAccessKey", UserName=USER, AccessKeyId=stale)
    answer = await _iam("CreateAccessKey", UserName=USER)
    key = {"access_key_id": _text(answer, "AccessKeyId")[0]}
    key["secret_access_key"] = _text(answer, "SecretAccessKey")[0]
    replace_file(layout.credentials, json.dumps(key))


async def _key_of(layout: Layout) -> str:
    try:
        return str(json.loads(layout.credentials.read_text(encoding="utf-8"))["access_key_id"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


async def _keys() -> list[str]:
    return _text(await _iam("ListAccessKeys", UserName=USER), "AccessKeyId")


async def _iam(action: str, **arguments: str) -> ElementTree.Element:
    from ministack.services import iam

    body = urlencode({"Action": action, "Version": "2010-05-08", **arguments}).encode()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    _, _, answer = await iam.handle_request("POST", "/", headers, body, {})
    return ElementTree.fromstring(answer)


def _text(answer: ElementTree.Element, name: str) -> list[str]:
    return [node.text or "" for node in answer.iter() if node.tag.rpartition("}")[2] == name]
