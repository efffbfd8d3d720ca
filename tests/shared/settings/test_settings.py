from __future__ import annotations

import json
import typing

import pulumi
import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from shared.errors import ConfigError, RegionError, StackError
from shared.registry.jobs import JOBS, Job
from shared.registry.layers import LAYERS
from shared.settings import models
from shared.settings.api import Api
from shared.settings.compute import Compute, FunctionSettings
from shared.settings.config import Settings
from shared.settings.data import Data
from shared.settings.models import secret_keys
from shared.settings.network_security import NetworkSecurity
from shared.settings.observability import Observability
from tests.shared.program import in_stack

SECRETS = {
    "network-security:db_password": "correct horse battery",
    "network-security:api_key": "k" * 20,
    "network-security:db_connection_string": "postgresql://db",
    "network-security:cursor_signing_key": "s" * 32,
}
MODELS: tuple[type[BaseModel], ...] = (*models.MODELS.values(), FunctionSettings)
EVERY_FIELD: list[tuple[type[BaseModel], str, FieldInfo]] = [
    (model, name, info) for model in MODELS for name, info in model.model_fields.items()
]


def refused(model: type[Settings], key: str, value: str, **more: str) -> str:
    secrets = SECRETS if model is NetworkSecurity else {}
    with pytest.raises(ConfigError) as caught:
        in_stack(model.load, config={key: value, **more}, secrets=secrets)
    text = str(caught.value)
    assert "\n" not in text
    assert key.split(".")[0] in text
    assert "./invoke " in text
    assert "pulumi config" not in text  # whoever works on local has no Pulumi CLI
    return text


@pytest.mark.parametrize("model", [Data, Compute, Api, Observability])
def test_the_defaults_need_no_stack_file(model: type[Settings]) -> None:
    assert in_stack(model.load).allowed_regions == ("us-east-1", "us-west-2")


@pytest.mark.parametrize(
    ("model", "name", "info"),
    EVERY_FIELD,
    ids=lambda item: getattr(item, "__name__", item) if not isinstance(item, FieldInfo) else "",
)
def test_every_field_says_what_it_is_for(
    model: type[BaseModel], name: str, info: FieldInfo
) -> None:
    assert info.description, f"{model.__name__}.{name}"
    assert info.description.endswith((".", "}}.")), info.description


def test_values_are_read_as_the_types_that_they_are() -> None:
    config = {
        "data:prevent_destroy": "true",
        "data:uploads_expire_days": "9",
        "data:allowed_regions": '["us-east-1"]',
    }
    loaded = in_stack(Data.load, config=config)
    assert loaded.prevent_destroy is True
    assert loaded.uploads_expire_days == 9
    assert loaded.allowed_regions == ("us-east-1",)


def test_text_stays_text_even_when_it_looks_like_a_number() -> None:
    assert in_stack(Compute.load, config={"compute:version": "12"}).version == "12"


@pytest.mark.parametrize(
    ("model", "key", "value", "expected"),
    [
        (Data, "data:prevent_destroy", "yes", "a valid boolean"),
        (Data, "data:prevent_destroy", "1", "a valid boolean"),
        (Data, "data:uploads_expire_days", "soon", "a valid integer"),
        (Data, "data:uploads_expire_days", "0", "greater than or equal to 1"),
        (Data, "data:uploads_expire_days", "2.5", "a valid integer"),
        (Data, "data:allowed_regions", "[]", "at least 1 item"),
        (Data, "data:allowed_regions", '["mars"]', "a region such as us-east-1"),
        (Data, "data:billing_mode", "free", "'on_demand' or 'provisioned'"),
        (Observability, "observability:availability_percent", "100", "less than or equal"),
        (Observability, "observability:availability_percent", "93", "greater than or equal to 94"),
        (Compute, "compute:log_retention_days", "8", "1, 3, 5, 7, 14"),
        (Compute, "compute:log_level", "LOUD", "'DEBUG', 'INFO'"),
        (Compute, "compute:max_retries", "3", "less than or equal to 2"),
        (Compute, "compute:functions", "[]", "a"),
        (Compute, "compute:functions", '{"cook": {}}', "'process'"),
        (Api, "api:throttle_rate", "0", "greater than or equal to 1"),
        (Api, "api:allowed_origins", '["*"]', "never *"),
        (Api, "api:allowed_origins", '["app.example.com"]', "an origin such as https://"),
        (Api, "api:stage", "a/b", "letters, digits and _, such as live"),
        (Api, "api:edge", "soap", "'rest' or 'http'"),
        (Api, "api:auth", "basic", "'iam', 'jwt' or 'none'"),
        (Api, "api:jwt_issuer", "id.example.com", "an issuer such as https://id.example.com"),
        (
            Observability,
            "observability:alarm_emails",
            '["nobody"]',
            "an address such as oncall@example.com",
        ),
        (NetworkSecurity, "network-security:key_deletion_days", "6", "greater than or equal to 7"),
        (NetworkSecurity, "network-security:secret_recovery_days", "3", "0, or 7 to 30"),
        (NetworkSecurity, "network-security:app_config", "[1]", "an object"),
    ],
)
def test_a_wrong_value_is_one_sentence_with_what_was_expected(
    model: type[Settings], key: str, value: str, expected: str
) -> None:
    text = refused(model, key, value)
    assert expected in text
    assert "./invoke config.set" in text
    assert text.endswith(" --env dev")


def test_a_wrong_value_inside_a_function_is_named_with_its_path() -> None:
    text = refused(Compute, "compute:functions", '{"process": {"timeout_seconds": 181}}')
    assert "compute:functions.process.timeout_seconds" in text
    assert "Seconds until a call is cut off" in text
    command = "./invoke config.set compute functions.process.timeout_seconds --value VALUE"
    assert text.endswith(f"{command} --env dev")


def test_an_unknown_key_is_named_with_the_known_ones() -> None:
    text = refused(Data, "data:colour", "blue")
    assert "expected one of: abort_multipart_days, allowed_regions" in text
    assert text.endswith(
        "remove it from Pulumi.dev.yaml, or with: ./invoke config.rm data colour --env dev"
    )


def test_an_unknown_key_of_a_function_is_named_with_its_path() -> None:
    text = refused(Compute, "compute:functions", '{"process": {"size": 1}}')
    assert "compute:functions.process.size is not a setting" in text
    assert "expected one of: memory_mb, provisioned_concurrency" in text
    assert text.endswith("./invoke config.rm compute functions.process.size --env dev")


def test_a_name_that_is_none_and_an_item_of_a_list_are_mended_as_a_whole() -> None:
    text = refused(Compute, "compute:functions", '{"cook": {}}')
    assert text.startswith("compute:functions.cook is not usable")
    assert text.endswith("config.set compute functions --value VALUE --env dev")
    text = refused(Data, "data:allowed_regions", '["mars"]')
    assert text.startswith("data:allowed_regions.0 is not usable")
    assert text.endswith("config.set data allowed_regions --value VALUE --env dev")


def command_of(secret: str) -> str:
    return f"./invoke config.set {secret.replace(':', ' ')} --secret --env dev"


@pytest.mark.parametrize("key", SECRETS)
def test_a_missing_secret_is_asked_for_by_name(key: str) -> None:
    rest = {name: value for name, value in SECRETS.items() if name != key}
    with pytest.raises(ConfigError, match=f"^{key} is missing .* or with: {command_of(key)}$"):
        in_stack(NetworkSecurity.load, secrets=rest)


@pytest.mark.parametrize("key", SECRETS)
def test_a_secret_in_plain_text_is_refused_without_repeating_it(key: str) -> None:
    rest = {name: value for name, value in SECRETS.items() if name != key}
    with pytest.raises(ConfigError) as caught:
        in_stack(NetworkSecurity.load, config={key: "hunter2 hunter2 hunter2"}, secrets=rest)
    assert "hunter2" not in str(caught.value)
    assert str(caught.value).endswith(command_of(key))


def test_a_bad_secret_is_not_repeated_in_the_message() -> None:
    secrets = {**SECRETS, "network-security:db_password": "hunter2"}
    with pytest.raises(ConfigError, match="at least 12 characters") as caught:
        in_stack(NetworkSecurity.load, secrets=secrets)
    assert "hunter2" not in str(caught.value)


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    loaded = in_stack(NetworkSecurity.load, secrets=SECRETS)
    assert not [value for value in SECRETS.values() if value in repr(loaded)]


def test_secret_keys_are_what_a_stack_file_must_hold_encrypted() -> None:
    names = {key.split(":")[1] for key in SECRETS}
    assert set(secret_keys("network-security")) == names
    assert secret_keys("data") == ()


def test_a_region_that_is_not_allowed_names_both() -> None:
    config = {"aws:region": "us-west-2", "data:allowed_regions": '["us-east-1"]'}
    with pytest.raises(RegionError, match=r"us-west-2 is not one of .*\(us-east-1\)") as caught:
        in_stack(Data.load, stack="dev-us-west-2", config=config)
    allow = """config.set data allowed_regions --value '["us-east-1", "us-west-2"]'"""
    assert str(caught.value).endswith(f"./invoke {allow} --env dev --region us-west-2")


TIMEOUTS: dict[Job, int] = {
    "process": 15,
    "ingest": 15,
    "retrieve": 15,
    "users": 30,
    "items": 30,
    "status": 30,
}
"""Of requirement C2."""


@pytest.mark.parametrize("job", JOBS)
def test_functions_have_the_defaults_of_the_requirements(job: Job) -> None:
    of_job = in_stack(Compute.load).function(job)
    assert of_job.timeout_seconds == TIMEOUTS.get(job, JOBS[job].timeout_seconds)
    assert of_job.memory_mb == 256
    assert of_job.provisioned_concurrency == 0
    assert of_job.reserved_concurrency is None


def test_a_functions_own_value_wins_over_the_layers() -> None:
    config = {
        "compute:provisioned_concurrency": "5",
        "compute:functions": '{"process": {"provisioned_concurrency": 1, "memory_mb": 512}}',
    }
    loaded = in_stack(Compute.load, config=config)
    assert loaded.function("process").provisioned_concurrency == 1
    assert loaded.function("process").timeout_seconds == 15
    assert loaded.function("status").provisioned_concurrency == 5
    assert loaded.function("status").timeout_seconds == 30


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (
            {"functions": '{"process": {"reserved_concurrency": 2, "provisioned_concurrency": 5}}'},
            r"reserved_concurrency of function process \(2\) no less than .* \(5\)",
        ),
        (
            {
                "functions": '{"status": {"reserved_concurrency": 0}}',
                "provisioned_concurrency": "1",
            },
            r"reserved_concurrency of function status \(0\) no less than .* \(1\)",
        ),
    ],
)
def test_no_more_instances_are_kept_warm_than_may_run(
    config: dict[str, str], expected: str
) -> None:
    with pytest.raises(ConfigError, match=expected):
        in_stack(Compute.load, config={f"compute:{key}": value for key, value in config.items()})


@pytest.mark.parametrize("warm", [0, 2])
def test_as_many_instances_may_be_kept_warm_as_may_run(warm: int) -> None:
    own = {"reserved_concurrency": warm, "provisioned_concurrency": warm}
    config = {
        "compute:functions": json.dumps({"process": own}),
        "compute:provisioned_concurrency": "5",
    }
    assert in_stack(Compute.load, config=config).function("process").reserved_concurrency == warm


def test_local_files_hold_only_settings_that_exist() -> None:
    for layer, listed in LAYERS.items():
        assert set(listed.local) <= set(models.MODELS[layer].model_fields)
    assert set(LAYERS) == set(models.MODELS)


def test_all_that_a_stack_can_be_told_is_wrong_is_shown_without_a_traceback() -> None:
    assert issubclass(StackError, pulumi.RunError)
    assert all(issubclass(kind, StackError) for kind in (ConfigError, RegionError))
    assert typing.get_type_hints(Data)["layer"]


def test_two_settings_that_do_not_fit_are_named_together() -> None:
    with pytest.raises(ConfigError, match="min_capacity no greater than max_capacity"):
        in_stack(Data.load, config={"data:min_capacity": "9", "data:max_capacity": "8"})


TOKENS = {
    "api:edge": "http",
    "api:auth": "jwt",
    "api:jwt_issuer": "https://id.example.com",
    "api:jwt_audience": "us",
}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"api:auth": "none"}, "sandbox true with auth none"),
        ({"api:edge": "rest"}, "edge http with auth jwt"),
        ({"api:jwt_issuer": ""}, "both jwt_issuer and jwt_audience"),
        ({"api:jwt_audience": ""}, "both jwt_issuer and jwt_audience"),
        ({"api:jwt_issuer": "http://id.example.com"}, "a jwt_issuer by https"),
        ({"api:jwt_issuer": "http://127.0.0.1:8080"}, "a jwt_issuer by https"),
    ],
)
def test_what_lets_the_wrong_callers_in_is_refused(change: dict[str, str], expected: str) -> None:
    with pytest.raises(ConfigError, match=expected) as caught:
        in_stack(Api.load, config=TOKENS | change)
    assert str(caught.value).startswith("Layer api expects ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("environment", ["local", "dev", "staging", "prod"])
def test_who_may_call_is_a_setting_and_nobody_is_let_into_prod_unasked(environment: str) -> None:
    assert in_stack(Api.load, stack=environment).auth == "iam"
    assert in_stack(Api.load, stack=environment, config=TOKENS).auth == "jwt"
    sandbox = {"api:auth": "none", "api:sandbox": "true"}
    if environment == "prod":
        for config in (sandbox, {"api:sandbox": "true"}):
            with pytest.raises(ConfigError, match="no sandbox in prod"):
                in_stack(Api.load, stack=environment, config=config)
    else:
        assert in_stack(Api.load, stack=environment, config=sandbox).auth == "none"


@pytest.mark.parametrize(
    ("issuer", "allowed"),
    [
        ("http://127.0.0.1:8080/realms/one", True),
        ("http://localhost", True),
        ("http://[::1]:9", True),
        ("http://127.0.0.1.example.com", False),
        ("http://localhost@example.com", False),
        ("http://192.168.1.1", False),
    ],
)
def test_an_issuer_without_tls_is_on_this_machine(issuer: str, allowed: bool) -> None:
    config = TOKENS | {"api:jwt_issuer": issuer}
    if allowed:
        assert in_stack(Api.load, stack="local", config=config).jwt_issuer == issuer
    else:
        with pytest.raises(ConfigError, match="a jwt_issuer by https"):
            in_stack(Api.load, stack="local", config=config)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"replica_regions": '["eu-west-1"]'}, "within allowed_regions, not eu-west-1"),
        ({"replica_regions": '["us-west-2", "us-west-2"]'}, "each of replica_regions once"),
        ({"replica_regions": '["us-east-1"]'}, "other than us-east-1, where the table itself is"),
        (
            {"replica_regions": '["us-west-2"]', "billing_mode": "provisioned"},
            "billing_mode on_demand for a table that has replica_regions",
        ),
    ],
)
def test_copies_that_cannot_be_are_refused(config: dict[str, str], expected: str) -> None:
    with pytest.raises(ConfigError, match=expected):
        in_stack(Data.load, config={f"data:{key}": value for key, value in config.items()})


@pytest.mark.parametrize("second", ["ops@example.com", "Ops@Example.com"])
def test_nobody_hears_of_an_alarm_twice(second: str) -> None:
    config = {"observability:alarm_emails": json.dumps(["ops@example.com", second])}
    with pytest.raises(ConfigError, match="each of alarm_emails once"):
        in_stack(Observability.load, config=config)


def test_an_endpoint_is_named_once() -> None:
    config = {"network-security:interface_endpoints": '["ssm", "ssm"]'}
    with pytest.raises(ConfigError, match="each of interface_endpoints once"):
        in_stack(NetworkSecurity.load, config=config, secrets=SECRETS)


def test_copies_are_made_from_the_home_region_only() -> None:
    config = {"data:replica_regions": '["us-west-2"]'}
    assert in_stack(Data.load, config=config).replica_regions == ("us-west-2",)
    config |= {
        "aws:region": "eu-west-1",
        "data:allowed_regions": '["us-east-1", "us-west-2", "eu-west-1"]',
    }
    with pytest.raises(ConfigError, match="in the home region's stack, dev, only"):
        in_stack(Data.load, stack="dev-eu-west-1", config=config)


def test_regions_share_a_domain_by_latency_or_failover_only() -> None:
    config = {
        "aws:region": "us-west-2",
        "api:domain_name": "api.example.com",
        "api:hosted_zone_id": "Z0123456789",
        "api:routing": "latency",
    }
    assert in_stack(Api.load, stack="dev-us-west-2", config=config).routing == "latency"
    with pytest.raises(ConfigError, match="routing latency or failover"):
        in_stack(Api.load, stack="dev-us-west-2", config=config | {"api:routing": "simple"})
