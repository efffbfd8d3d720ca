"""There is exactly one administrator, whatever was lost."""

from __future__ import annotations

from tests.localcloud.emulator.conftest import Lab


def test_the_admin_may_do_everything_and_keeps_its_key(lab: Lab) -> None:
    before = lab.emulator.credentials()
    lab.emulator.stop()
    lab.emulator.start()
    assert lab.emulator.credentials() == before
    arn = lab.client("sts").get_caller_identity()["Arn"]
    assert arn == "arn:aws:iam::000000000000:user/microstack-admin"
    lab.client("iam").create_user(UserName="somebody")


def test_a_lost_credentials_file_gives_a_new_key_and_ends_the_old_one(lab: Lab) -> None:
    lab.emulator.stop()
    lab.emulator.layout.credentials.unlink()
    lab.emulator.start()
    keys = lab.client("iam").list_access_keys(UserName="microstack-admin")["AccessKeyMetadata"]
    assert [key["AccessKeyId"] for key in keys] == [lab.emulator.credentials().access_key_id]


def test_a_killed_first_start_does_not_lock_anybody_out(lab: Lab) -> None:
    lab.kill()
    for path in lab.emulator.layout.state.iterdir():
        path.unlink()  # as if killed before anything was written
    lab.emulator.start()
    assert lab.client("sts").get_caller_identity()["Account"] == "000000000000"
