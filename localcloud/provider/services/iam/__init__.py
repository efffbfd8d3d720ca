"""Identity and Access Management: roles, their inline policies, managed policies, attachments."""

from localcloud.provider.services.iam.policies import Policy
from localcloud.provider.services.iam.role_policies import RolePolicy, RolePolicyAttachment
from localcloud.provider.services.iam.roles import Role

TYPES = [Role(), RolePolicy(), Policy(), RolePolicyAttachment()]
