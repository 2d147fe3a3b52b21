"""Settings are read from flags and variables, and a wrong one is an error."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from pydantic import ValidationError

from agendagraph.cli import main
from agendagraph.cli.serve import serve
from agendagraph.server.settings import Settings


def test_a_flag_outranks_a_variable_and_both_outrank_the_default() -> None:
    settings = Settings.read(
        {"AGENDAGRAPH_PORT": "9000", "AGENDAGRAPH_HOST": "0.0.0.0", "PORT": "1"},  # noqa: S104
        {"port": 9001, "workers": None},
    )

    assert (settings.port, settings.host, settings.query_limit_s) == (9001, "0.0.0.0", 30.0)  # noqa: S104


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("AGENDAGRAPH_QUERY_TIMEOUT", "5", id="misspelt"),
        pytest.param("AGENDAGRAPH_PORT", "70000", id="out of range"),
        pytest.param("AGENDAGRAPH_QUERY_LIMIT_S", "0", id="no time at all"),
        pytest.param("AGENDAGRAPH_WORKERS", "one", id="not a number"),
        pytest.param("AGENDAGRAPH_WRITABLE", "1", id="writable without a token"),
        pytest.param("AGENDAGRAPH_SERVICE_HOSTS", "http://example.org", id="an address, no host"),
        pytest.param("AGENDAGRAPH_SERVICE_HOSTS", "a.org, 10.0.0.1", id="a host that is private"),
    ],
)
def test_a_wrong_variable_is_an_error(name: str, value: str) -> None:
    with pytest.raises(ValidationError):
        Settings.read({name: value})


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        pytest.param("AGENDAGRAPH_STORE_PARAMETERS", "--store 'URL?NAME=VALUE'", id="in the URL"),
        pytest.param("AGENDAGRAPH_STORE_KEEP_S", "AGENDAGRAPH_CACHE_MIB=0", id="no cache"),
        pytest.param("AGENDAGRAPH_SPOOL_MIB", "is not a setting", id="a constant now"),
    ],
)
def test_a_variable_that_is_no_setting_any_more_says_what_to_use(
    monkeypatch: pytest.MonkeyPatch, name: str, instead: str
) -> None:
    monkeypatch.setenv(name, "1")
    result = CliRunner().invoke(main, ["serve"])

    assert result.exit_code == 2
    assert name in result.output
    assert instead in result.output


def test_every_setting_but_the_secrets_has_a_flag() -> None:
    """Its help shows the meaning and the default; each flag outranks its variable."""
    flags = {option.name: option for option in serve.params}
    secrets = {"token", "store_authorization"}

    assert set(flags) == set(Settings.model_fields) - secrets
    for name, option in flags.items():
        assert option.opts == ["--" + name.replace("_", "-")]
        assert str(option.help).startswith(str(Settings.model_fields[name].description))
    shown = " ".join(CliRunner().invoke(main, ["serve", "--help"]).output.split())
    assert "[default: 8000]" in shown


def test_hosts_are_named_by_commas() -> None:
    settings = Settings.read({"AGENDAGRAPH_SERVICE_HOSTS": "query.wikidata.org, example.org:8890"})

    assert settings.service_hosts == ("query.wikidata.org", "example.org:8890")


def test_a_store_that_is_an_endpoint_calls_no_other() -> None:
    with pytest.raises(ValidationError, match="SERVICE_HOSTS"):
        Settings.read(
            {"AGENDAGRAPH_SERVICE_HOSTS": "example.org"}, {"store": "http://127.0.0.1:1/sparql"}
        )


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 1


def test_the_token_is_not_shown() -> None:
    settings = Settings.read({"AGENDAGRAPH_WRITABLE": "true", "AGENDAGRAPH_TOKEN": "geheim"})

    assert "geheim" not in repr(settings)
