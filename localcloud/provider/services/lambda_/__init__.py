"""Lambda: functions, what hangs on them, and layers."""

from localcloud.provider.services.lambda_.aliases import Alias
from localcloud.provider.services.lambda_.functions import Function
from localcloud.provider.services.lambda_.invoke_configs import (
    FunctionEventInvokeConfig,
    ProvisionedConcurrencyConfig,
)
from localcloud.provider.services.lambda_.layers import LayerVersion
from localcloud.provider.services.lambda_.mappings import EventSourceMapping
from localcloud.provider.services.lambda_.permissions import Permission

TYPES = [
    Alias(),
    EventSourceMapping(),
    Function(),
    FunctionEventInvokeConfig(),
    LayerVersion(),
    Permission(),
    ProvisionedConcurrencyConfig(),
]
