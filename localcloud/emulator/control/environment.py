"""The environment of the server: all that functions will see besides their own variables.

Nothing of the caller's gets in but PATH and the language: no AWS_*, no tokens, no proxies.
"""

from __future__ import annotations

import os

from localcloud.emulator.control.ports import HOST
from localcloud.emulator.layout import Layout
from localcloud.emulator.settings import Settings


def server_environment(layout: Layout, settings: Settings, port: int) -> dict[str, str]:
    """Variables for the launcher: four of the system's, the rest MiniStack's own settings."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": os.environ.get("LANG", "C.UTF-8"),
        "HOME": str(layout.user_home),
        "TMPDIR": str(layout.scratch),
        **_ministack(layout, settings, port),
    }


def _ministack(layout: Layout, settings: Settings, port: int) -> dict[str, str]:
    return {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": HOST,
        "AUTH": "true",
        "MINISTACK_REGION": settings.region,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(layout.state),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(layout.objects),
        "LOG_LEVEL": "WARNING",
        "LAMBDA_ACCOUNT_CONCURRENCY": str(settings.function_concurrency),
        "LAMBDA_WARM_TTL_SECONDS": str(settings.function_idle_seconds),
        "LAMBDA_ASYNC_RETRY_BASE_SECONDS": str(settings.async_retry_seconds),
        "SFTP_ENABLED": "0",  # no further listeners: these two bind all interfaces
        "IOT_MTLS_ENABLED": "0",
        # MiniStack removes containers that it takes for its own: keep it away from any Docker.
        "DOCKER_HOST": f"unix://{layout.home}/no-docker",
    }
