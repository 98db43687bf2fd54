import sys
from pathlib import Path

import pytest

from common import pip_settings
from common.errors import PipSettingsError

PIP = (sys.executable, "-I", "-m", "pip")


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings of the machine that runs the tests are none of theirs."""
    for name in ("PIP_FIND_LINKS", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_TRUSTED_HOST"):
        monkeypatch.delenv(name, raising=False)


def test_settings_are_read_from_files_and_variables_and_the_latter_win(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "pip.conf"
    file.write_text(
        "[global]\n"
        "index-url = https://user:it's%20secret@registry.example/simple\n"
        "extra_index_url =\n    https://one.example/simple\n    https://two.example/simple\n"
        "retries = 1\n"
        "[install]\ntimeout = 7\nretries = 2\n"
        "[download]\nno-binary = :all:\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("PIP_CONFIG_FILE", str(file))
    monkeypatch.setenv("PIP_TRUSTED_HOST", "registry.example")
    monkeypatch.setenv("PIP_RETRIES", "3")

    found = pip_settings.read(PIP)

    assert found["index-url"] == "https://user:it's%20secret@registry.example/simple"
    assert found["extra-index-url"] == "https://one.example/simple\nhttps://two.example/simple"
    assert found["trusted-host"] == "registry.example"
    assert (found["timeout"], found["retries"]) == ("7", "3")
    assert "no-binary" not in found


def test_pip_that_fails_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pip.conf").write_text("no section\n", encoding="utf-8")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))

    with pytest.raises(PipSettingsError, match=r"^pip config list failed: .+"):
        pip_settings.read(PIP)


def test_a_value_that_is_empty_is_none() -> None:
    listed = "global.index-url='https://one.example'\ninstall.index-url=' '\n:env:.proxy=''\n"

    assert pip_settings.parse(listed) == {"index-url": "https://one.example"}


@pytest.mark.parametrize("line", ["global.index-url", "global.index-url=https://one", "global.x='"])
def test_a_line_that_is_no_setting_is_an_error_without_its_value(line: str) -> None:
    with pytest.raises(PipSettingsError, match=r"^pip's setting (index-url|x) cannot be read$"):
        pip_settings.parse(line)


@pytest.mark.parametrize(
    ("setting", "value", "expected"),
    [
        ("index-url", "https://a.example", {"UV_DEFAULT_INDEX": "https://a.example"}),
        ("extra-index-url", "https://a\nhttps://b", {"UV_INDEX": "https://a https://b"}),
        ("find-links", "/one  https://two/", {"UV_FIND_LINKS": "/one,https://two/"}),
        ("trusted-host", "a b:8080", {"UV_INSECURE_HOST": "a b:8080"}),
        ("constraint", "one.txt two.txt", {"UV_CONSTRAINT": "one.txt two.txt"}),
        ("timeout", "9", {"UV_HTTP_TIMEOUT": "9"}),
        ("default-timeout", "9", {"UV_HTTP_TIMEOUT": "9"}),
        ("retries", "9", {"UV_HTTP_RETRIES": "9"}),
        ("client-cert", "/c.pem", {"SSL_CLIENT_CERT": "/c.pem"}),
        ("proxy", "http://p:1", dict.fromkeys(pip_settings.PROXIES, "http://p:1")),
        ("cert", "/c.pem", {"SSL_CERT_FILE": "/c.pem"}),
        ("cert", "/", {"SSL_CERT_DIR": "/"}),
        ("no-cache-dir", "false", {"UV_NO_CACHE": "1"}),
        ("no-index", "false", {}),
        ("progress-bar", "off", {}),
    ],
)
def test_uv_is_told_in_its_own_words(setting: str, value: str, expected: dict[str, str]) -> None:
    without = pip_settings.environment({}, {"UV_SYSTEM_CERTS": "true"})

    told = pip_settings.environment({setting: value}, {"UV_SYSTEM_CERTS": "true"})

    assert told == {**without, **expected}


def test_a_home_folder_is_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")

    told = pip_settings.environment({"find-links": "~/wheels", "cert": "~/c.pem"}, {})

    assert told["UV_FIND_LINKS"] == "/home/somebody/wheels"
    assert told["SSL_CERT_FILE"] == "/home/somebody/c.pem"


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("no-binary", ":all:"),
        ("no-index", "true"),
        ("no-index", "perhaps"),
        ("index-url", "https://a https://b"),
        ("find-links", "/one,two"),
        ("a-setting-to-come", "1"),
    ],
)
def test_what_cannot_be_told_to_uv_is_an_error_that_names_the_setting(
    setting: str, value: str
) -> None:
    with pytest.raises(PipSettingsError, match=f"^pip's setting {setting} (?!.*{value})"):
        pip_settings.environment({setting: value}, {})


def test_variables_that_could_change_what_is_installed_do_not_reach_uv() -> None:
    own = {"PATH": "/bin", "UV_CACHE_DIR": "/c", "UV_HTTP_TIMEOUT": "5", "UV_LINK_MODE": "copy"}
    dangerous = ("UV_NO_VERIFY_HASHES", "UV_EXCLUDE", "UV_OVERRIDE", "UV_DEFAULT_INDEX", "UV_INDEX")

    told = pip_settings.environment({}, {**own, **dict.fromkeys(dangerous, "x")})

    assert own.items() <= told.items()
    assert told.keys().isdisjoint(dangerous)


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_certificates_named_for_pip_in_a_variable_are_uvs_too(name: str) -> None:
    assert pip_settings.environment({}, {name: "/b.pem"})["SSL_CERT_FILE"] == "/b.pem"
    own = pip_settings.environment({"cert": "/c.pem"}, {name: "/b.pem"})
    assert own["SSL_CERT_FILE"] == "/c.pem"


def test_without_such_names_the_systems_certificates_are_trusted_if_there_are_any(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.touch()
    monkeypatch.setattr(sys, "platform", "linux")

    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    assert pip_settings.environment({}, {})["UV_SYSTEM_CERTS"] == "true"

    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    assert "UV_SYSTEM_CERTS" not in pip_settings.environment({}, {})
