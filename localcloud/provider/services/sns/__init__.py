"""Amazon SNS: topics, their policies and subscriptions."""

from __future__ import annotations

from localcloud.provider.services.sns.subscription import TopicSubscription
from localcloud.provider.services.sns.topic import Topic
from localcloud.provider.services.sns.topic_policy import TopicPolicy

TYPES = [Topic(), TopicPolicy(), TopicSubscription()]
