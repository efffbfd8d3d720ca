"""Amazon DynamoDB: tables with their indexes and replicas, and contributor insights."""

from __future__ import annotations

from localcloud.provider.services.dynamodb.contributor_insights import ContributorInsights
from localcloud.provider.services.dynamodb.table import Table

TYPES = [Table(), ContributorInsights()]
