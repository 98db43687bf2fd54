"""What the user told pip about the package registry, told to uv in its own words.

uv reads neither pip.conf nor PIP_* variables. `pip config list` prints what applies, whichever file
or variable it comes from. A setting that may change what is installed and has no counterpart here
leaves the installation to pip.

Only the standard library, and nothing newer than Python 3.8: a fresh machine imports this first.
"""

from __future__ import annotations

import ast
import os
import re
import ssl
import subprocess
import sys
from typing import TYPE_CHECKING

from common.errors import PipSettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# Each of pip's sections that `pip install` reads overrides those before it.
SECTIONS = ("global", "install", ":env:")
# They change nothing of what a lock installs into a virtual environment.
WITHOUT_EFFECT = frozenset(
    {
        *("break-system-packages", "cache-dir", "compile", "config-file", "debug"),
        *("disable-pip-version-check", "exists-action", "log", "no-color", "no-compile", "no-deps"),
        *("no-input", "no-python-version-warning", "no-warn-conflicts", "no-warn-script-location"),
        *("prefer-binary", "progress-bar", "quiet", "require-hashes", "require-virtualenv"),
        *("root-user-action", "verbose"),
    }
)
# pip's name, uv's variable, and what stands between several values there (None: one value only).
VARIABLES = {
    "index-url": ("UV_DEFAULT_INDEX", None),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "constraint": ("UV_CONSTRAINT", " "),
    "timeout": ("UV_HTTP_TIMEOUT", None),
    "default-timeout": ("UV_HTTP_TIMEOUT", None),
    "retries": ("UV_HTTP_RETRIES", None),
    "client-cert": ("SSL_CLIENT_CERT", None),
}
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
# Variables of the user's own that uv may see. All others could change what it installs, or how it
# checks that: UV_NO_VERIFY_HASHES, UV_EXCLUDE, UV_DEFAULT_INDEX.
ALLOWED = re.compile(
    r"(?!UV_)|UV_(CACHE_DIR|NO_CACHE|LINK_MODE|OFFLINE|SYSTEM_CERTS|HTTP_\w+|CONCURRENT_\w+)$"
)
OF_REQUESTS = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
TRUE, FALSE = ("1", "true", "yes", "on", "y", "t"), ("0", "false", "no", "off", "n", "f")


def read(pip: Sequence[str]) -> dict[str, str]:
    """The settings of `pip install`, by the names of its options; `pip` is the command to run it.

    Raises PipSettingsError if pip cannot say them.
    """
    done = subprocess.run(  # noqa: S603  # our own command
        [*pip, "config", "list"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise PipSettingsError(f"pip config list failed: {last}")
    return parse(done.stdout)


def parse(listed: str) -> dict[str, str]:
    """The settings that `pip config list` printed: `section.name='value'`, one per line."""
    sections: dict[str, dict[str, str]] = {section: {} for section in SECTIONS}
    for line in listed.splitlines():
        key, _, literal = line.partition("=")
        section, _, name = key.partition(".")
        if section not in sections:
            continue  # of another command
        try:
            value = str(ast.literal_eval(literal)).strip()
        except (SyntaxError, ValueError):
            raise PipSettingsError(f"pip's setting {name} cannot be read") from None
        if value:  # pip takes an empty value for none
            sections[section][name] = value
    return {name: value for section in SECTIONS for name, value in sections[section].items()}


def environment(settings: Mapping[str, str], inherited: Mapping[str, str]) -> dict[str, str]:
    """The environment variables for uv: those of this process, and pip's `settings`.

    Raises PipSettingsError for a setting without a counterpart.
    """
    kept = {name: value for name, value in inherited.items() if ALLOWED.match(name)}
    # As pip does: the best version of all indexes. The hashes say which files may be taken.
    kept["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return {**kept, **_trusted(settings, kept), **dict(_translated(settings))}


def _translated(settings: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in settings.items():
        if name in VARIABLES:
            variable, separator = VARIABLES[name]
            yield variable, _joined(name, value.split(), separator)
        elif name == "proxy":
            for variable in PROXIES:
                yield variable, value
        elif name == "no-index":
            if _is_true(name, value):
                raise PipSettingsError(f"pip's setting {name} has no counterpart in uv")
        elif name == "no-cache-dir":  # whatever its value is, pip uses no cache then
            yield "UV_NO_CACHE", "1"
        elif name != "cert" and name not in WITHOUT_EFFECT:
            raise PipSettingsError(f"pip's setting {name} has no counterpart in uv")


def _joined(name: str, values: Sequence[str], separator: str | None) -> str:
    """Several values in one variable of uv."""
    if len(values) > 1 and separator is None:
        raise PipSettingsError(f"pip's setting {name} has several values")
    values = [os.path.expanduser(value) for value in values]  # noqa: PTH111  # may be a URL
    if separator and any(separator in value for value in values):
        raise PipSettingsError(f"pip's setting {name} has a value that uv would split")
    return (separator or "").join(values)


def _trusted(settings: Mapping[str, str], inherited: Mapping[str, str]) -> dict[str, str]:
    """The certificates to trust: those that pip is configured with, or the system's, if any.

    uv brings certificates, but does not know those of a company's proxy. pip takes the system's
    since its version 24.2.
    """
    named = [inherited[name] for name in OF_REQUESTS if inherited.get(name)]
    bundle = settings.get("cert") or (named[0] if named else None)
    if bundle:
        path = os.path.expanduser(bundle)  # noqa: PTH111  # as pip does it
        return {"SSL_CERT_DIR" if os.path.isdir(path) else "SSL_CERT_FILE": path}  # noqa: PTH112  # str
    paths = ssl.get_default_verify_paths()
    has_any = sys.platform == "darwin" or paths.cafile or paths.capath
    return {"UV_SYSTEM_CERTS": "true"} if has_any and "UV_SYSTEM_CERTS" not in inherited else {}


def _is_true(name: str, value: str) -> bool:
    if value.lower() not in TRUE + FALSE:
        raise PipSettingsError(f"pip's setting {name} is neither true nor false")
    return value.lower() in TRUE
