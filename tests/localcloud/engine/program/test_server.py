from __future__ import annotations

import stat

import pytest

from localcloud.engine.api import ProgramFailed
from tests.localcloud.engine.lab import Lab


def test_the_version_of_the_cli_cannot_be_required(lab: Lab) -> None:
    with pytest.raises(ProgramFailed, match="require_pulumi_version needs the CLI"):
        lab.up("pulumi.require_pulumi_version('>=3.0.0')")


def test_the_socket_is_private(lab: Lab) -> None:
    result = lab.up("""
        import os
        address = pulumi.runtime.settings.get_monitor().RegisterResource._channel
        import glob, tempfile
        folders = glob.glob(tempfile.gettempdir() + "/mst-*")
        mine = [f for f in folders if os.stat(f).st_uid == os.getuid()]
        export("modes", sorted({oct(os.stat(f).st_mode & 0o777) for f in mine}))
        export("count", len(mine) > 0)
        """)
    assert result.outputs == {"modes": [oct(stat.S_IRWXU)], "count": True}
