from __future__ import annotations

import base64

import pytest

from chalicelib.intake.fhir.attachments import Form, Problem, read
from chalicelib.intake.fhir.resources import Attachment

UMLAUT = "Gerät über Lunge"


def attachment(content: bytes, content_type: str) -> Attachment:
    return Attachment(content_type, base64.b64encode(content).decode())


@pytest.mark.parametrize(
    ("encoding", "content_type"),
    [
        ("utf-8", "text/plain"),
        ("utf-8-sig", "text/plain"),
        ("utf-16", "text/plain"),
        ("latin-1", "text/plain; charset=ISO-8859-1"),
        ("cp1252", 'text/plain;format=flowed;Charset="windows-1252"'),
        ("utf-16-le", "text/plain; charset=utf-16le"),
        ("iso8859-15", "text/plain; charset=latin9"),
        ("utf-8", "text/html"),
    ],
)
def test_character_sets(encoding: str, content_type: str) -> None:
    found = read([attachment(UMLAUT.encode(encoding), content_type)])

    assert found == Form("presentedForm[0].data", UMLAUT)


def test_rtf_is_windows_1252_unless_it_says_otherwise() -> None:
    content = rb"{\rtf1\ansi Ger\'e4t " + "über Lunge}".encode("cp1252")

    assert read([attachment(content, "text/rtf")]) == Form("presentedForm[0].data", UMLAUT)


@pytest.mark.parametrize(
    ("charset", "content"),
    [
        *[(name, b"Clear.") for name in ("utf-7", "idna", "rot13", "hex", "cp037", "no\0ne", "x")],
        ("ascii", UMLAUT.encode()),
        ("utf-16", b"odd"),
    ],
)
def test_other_character_sets_are_refused(charset: str, content: bytes) -> None:
    found = read([attachment(content, f"text/plain; charset={charset}")])

    assert isinstance(found, Problem)
    assert found.place == "presentedForm[0].contentType"


def test_base64_may_be_wrapped() -> None:
    data = base64.encodebytes(b"Clear lungs. " * 20).decode()
    assert "\n" in data.strip()

    found = read([Attachment("text/plain", data)])

    assert isinstance(found, Form)


@pytest.mark.parametrize("data", ["Q2xlYXI", "Q2xl\\YXI=", "Q2xl_YXI", "====", "Clear lungs"])
def test_broken_base64_is_never_partly_read(data: str) -> None:
    found = read([Attachment("text/plain", data)])

    problem = "is not valid base64; encode the text as base64"
    assert found == Problem("presentedForm[0].data", problem)


def test_the_best_form_is_named_if_none_can_be_read() -> None:
    forms = [Attachment("application/pdf", "AAAA"), Attachment("text/plain", url="https://x")]

    found = read(forms)

    assert isinstance(found, Problem)
    assert found.place == "presentedForm[1].data"
