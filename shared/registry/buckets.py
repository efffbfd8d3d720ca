"""The buckets of the system, by the names that contracts and roles use; layer data builds them."""

from __future__ import annotations

from typing import Final, Literal, get_args

BucketName = Literal["uploads", "static", "logs"]

BUCKETS: Final[tuple[BucketName, ...]] = get_args(BucketName)
