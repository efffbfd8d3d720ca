from __future__ import annotations

from localcloud.engine.events import Op


def test_operations_have_pulumis_names() -> None:
    """pkg/resource/deploy/step.go; reports and the history are read by its users."""
    assert {
        "same",
        "create",
        "update",
        "delete",
        "replace",
        "create-replacement",
        "delete-replaced",
        "read",
        "refresh",
        "import",
        "discard",
    } <= {str(op) for op in Op}
    assert f"{Op.CREATE_REPLACEMENT}" == "create-replacement"
