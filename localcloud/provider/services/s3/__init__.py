"""Amazon S3: buckets, their settings and objects, one module per noun."""

from __future__ import annotations

from localcloud.provider.services.s3.access import (
    BucketOwnershipControls,
    BucketPolicy,
    BucketPublicAccessBlock,
)
from localcloud.provider.services.s3.access_logging import BucketLogging
from localcloud.provider.services.s3.bucket import Bucket
from localcloud.provider.services.s3.cors import BucketCorsConfiguration
from localcloud.provider.services.s3.encryption import BucketServerSideEncryptionConfiguration
from localcloud.provider.services.s3.lifecycle import BucketLifecycleConfiguration
from localcloud.provider.services.s3.notification import BucketNotification
from localcloud.provider.services.s3.objects import BucketObject, BucketObjectv2
from localcloud.provider.services.s3.versioning import BucketVersioning

TYPES = [
    Bucket(),
    BucketVersioning(),
    BucketServerSideEncryptionConfiguration(),
    BucketPublicAccessBlock(),
    BucketOwnershipControls(),
    BucketPolicy(),
    BucketLifecycleConfiguration(),
    BucketLogging(),
    BucketNotification(),
    BucketCorsConfiguration(),
    BucketObject(),
    BucketObjectv2(),
]
