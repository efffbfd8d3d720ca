"""Route 53: hosted zones and record sets."""

from localcloud.provider.services.route53.records import Record
from localcloud.provider.services.route53.zones import Zone

TYPES = [Zone(), Record()]
