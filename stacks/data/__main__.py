"""Tables and buckets, encrypted, restorable and protected.

Reads keys from network-security. Publishes table and bucket names and ARNs to compute and
observability.
"""

from buckets import access_log_delivery, bucket, log_access
from tables import contributor_insights, table

from shared import contracts
from shared.account import Account
from shared.settings.data import Data

# What it may be told
config = Data.load()
account = Account.current()

# What it reads
security = contracts.NetworkSecurity.read()
replica_keys = {
    region: contracts.NetworkSecurity.read(region=region).data_key_arn
    for region in config.replica_regions
}

# What it builds
records = table(
    "records",
    hash_key="symbol",
    range_key="timestamp",
    stream="NEW_AND_OLD_IMAGES",
    settings=config,
    key_arn=security.data_key_arn,
    replica_keys=replica_keys,
)
idempotency = table("idempotency", hash_key="id", settings=config, key_arn=security.data_key_arn)
if config.contributor_insights:
    contributor_insights("records", records)
users = table("users", hash_key="id", settings=config, key_arn=security.data_key_arn)
items = table("items", hash_key="id", settings=config, key_arn=security.data_key_arn)
tables = {"records": records, "users": users, "items": items, "idempotency": idempotency}

uploads = bucket(
    "uploads",
    settings=config,
    key_arn=security.data_key_arn,
    expire_days=config.uploads_expire_days,
)
logs = bucket(
    "logs",
    settings=config,
    key_arn=security.logs_key_arn,
    expire_days=config.logs_expire_days,
    allow=access_log_delivery(account, source=uploads),
)
log_access(uploads, into=logs)
# S3's own key: what is served to everybody is no secret, and a CDN needs no key of ours
static = bucket("static", settings=config, key_arn=None, expire_days=None)
buckets = {"uploads": uploads, "static": static, "logs": logs}

# What it promises
contracts.Data(
    table_names=contracts.by_name({key: item.name for key, item in tables.items()}),
    table_arns=contracts.by_name({key: item.arn for key, item in tables.items()}),
    records_stream_arn=records.stream_arn,
    bucket_names=contracts.by_name({key: item.name for key, item in buckets.items()}),
    bucket_arns=contracts.by_name({key: item.arn for key, item in buckets.items()}),
).publish()
