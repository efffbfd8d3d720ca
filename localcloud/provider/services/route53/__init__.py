"""Route 53: hosted zones, health checks and record sets."""

from localcloud.provider.services.route53.health_checks import HealthCheck
from localcloud.provider.services.route53.lookups import INVOKES
from localcloud.provider.services.route53.records import Record
from localcloud.provider.services.route53.zones import Zone

__all__ = ["INVOKES", "TYPES"]

TYPES = [Zone(), HealthCheck(), Record()]
