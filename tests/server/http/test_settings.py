"""Settings are read from flags and variables, and a wrong one is an error."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

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
