"""Where the bytes of an object come from, and what happens to its old versions."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from localcloud.provider.base.errors import ProviderError
from localcloud.provider.base.values import ARCHIVE, ASSET, SIGNATURE, Props
from localcloud.provider.services.s3.objects import content_of
from tests.localcloud.provider.driver import Driver

OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2"


@pytest.fixture
def bucket(driver: Driver) -> Iterator[str]:
    made = driver.create("aws:s3/bucket:Bucket", {"forceDestroy": True})
    yield made.id
    driver.delete(made)


def _asset(text: str) -> Props:
    return {SIGNATURE: ASSET, "text": text, "hash": hashlib.sha256(text.encode()).hexdigest()}


def test_content_comes_from_text_base64_file_or_archive(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"\x00\xff")
    assert content_of({}) == b""
    assert content_of({"content": "é"}) == "é".encode()
    assert content_of({"contentBase64": "AP8="}) == b"\x00\xff"
    assert content_of({"source": _asset("text")}) == b"text"
    assert content_of({"source": {SIGNATURE: ASSET, "path": str(tmp_path / "file")}}) == b"\x00\xff"
    archive = {SIGNATURE: ARCHIVE, "assets": {"a.txt": _asset("a")}}
    with zipfile.ZipFile(io.BytesIO(content_of({"source": archive}))) as bundle:
        assert bundle.read("a.txt") == b"a"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProviderError, match=r"cannot read .*nowhere"):
        content_of({"source": {SIGNATURE: ASSET, "path": str(tmp_path / "nowhere")}})


def test_a_changed_asset_is_put_again_and_all_its_versions_go(
    driver: Driver, bucket: str, clients: Callable[..., Any]
) -> None:
    s3 = clients("s3")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    made = driver.create(OBJECT, {"bucket": bucket, "source": _asset("one")}, name="page.html")
    assert made.id == f"{bucket}/page.html"

    news = driver.check(OBJECT, {"bucket": bucket, "source": _asset("two")}, olds=made.inputs)
    assert list(driver.diff(made, news).diffs) == ["source"]
    made = driver.update(made, news)
    assert s3.get_object(Bucket=bucket, Key="page.html")["Body"].read() == b"two"

    driver.delete(made)
    assert "Versions" not in s3.list_object_versions(Bucket=bucket)


def test_only_one_content_may_be_given(driver: Driver) -> None:
    both = {"bucket": "b", "content": "x", "contentBase64": "eA=="}
    assert "only one" in driver.failures(OBJECT, both)["contentBase64"]
