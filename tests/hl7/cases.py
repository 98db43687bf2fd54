"""Messages of one record each, and what is read of them: exact text, or place and problem."""

from __future__ import annotations

import base64
from typing import Any, NamedTuple

from tests.hl7.building import (
    COMMON,
    CONCLUDED,
    FINDINGS,
    HEADER,
    IMPRESSION,
    ORDER,
    PATIENT,
    SEEN,
    header,
    joined,
    obx,
    oru,
)


class Case(NamedTuple):
    """A message and the fields of its record that the case is about."""

    name: str
    message: bytes
    expected: dict[str, Any]


class Wrong(NamedTuple):
    """A message that is refused: where, and a part of what is said."""

    name: str
    message: bytes
    place: str
    problem: str


def text(name: str, value: str, read: str, kind: str = "TX", **given: Any) -> Case:
    """A case about the text of one OBX."""
    return Case(name, oru(obx(value, kind=kind), **given), {"findings": read})


def latin(name: str, charset: str, encoding: str) -> Case:
    message = oru(obx("Größe €1: „normal“, Ödeme: nein."), head=header(charset), encoding=encoding)
    return Case(name, message, {"findings": "Größe €1: „normal“, Ödeme: nein."})


def section(name: str, code: str, sub: str = "") -> Case:
    """A case about the name of a section of findings; another OBX holds the impression."""
    message = oru(obx(SEEN, code, sub=sub), obx(CONCLUDED, IMPRESSION))
    return Case(name, message, {"findings": SEEN, "impression": CONCLUDED})


def concluded(name: str, code: str, sub: str = "") -> Case:
    message = oru(obx(SEEN), obx(CONCLUDED, code, sub=sub))
    return Case(name, message, {"findings": SEEN, "impression": CONCLUDED})


def other(name: str, code: str, where: str) -> Case:
    message = oru(obx("As agreed.", code), obx(SEEN))
    return Case(name, message, {"findings": SEEN, "sections": {where: "As agreed."}})


def document(data: bytes, kind: str = "TEXT^PLAIN") -> str:
    return f"^{kind}^Base64^{base64.b64encode(data).decode()}"


def with_status(name: str, of_order: str, of_line: str, read: str | None) -> Case:
    order = ORDER.removesuffix("F") + of_order
    return Case(name, oru(obx(SEEN, status=of_line), order=order), {"status": read})


REPORT = "FINDINGS:\nHeart size is normal. Lungs are clear.\nIMPRESSION:\nNo acute disease."
WHOLE = {"findings": SEEN, "impression": CONCLUDED}
LINES = ["FINDINGS:", "Heart size is normal.", "Lungs are clear.", "", "IMPRESSION:", CONCLUDED]
NO_OBX_11 = [f"OBX|1|TX|{FINDINGS}||{SEEN}", f"OBX|2|TX|{IMPRESSION}||{CONCLUDED}"]
MDM = [
    header(kind="MDM^T02"),
    "EVN|T02|20260105",
    PATIENT,
    "PV1|1|O",
    "TXA|1|RAD^Radiology report|TX|20260105091500||||||||DOC9||PL7|ACC7||AU||AV",
]

LINE_ENDS = [
    Case(f"segments end with {end!r}", oru(obx(SEEN), end=end), {"findings": SEEN})
    for end in ("\r", "\n", "\r\n", "\r\r", "\n\n", "\r\n\r\n", "\r\r\n", "\n\r\n\n")
] + [
    Case("the last segment has no end, but a status", oru(obx(SEEN))[:-1], {"findings": SEEN}),
    Case(
        "the last segment has neither end nor status, but a full stop",
        joined([HEADER, PATIENT, ORDER, f"OBX|1|TX|{FINDINGS}||{SEEN}"])[:-1],
        {"findings": SEEN},
    ),
    text("LF inside a text", "Heart normal.\nLungs clear.", "Heart normal.\nLungs clear."),
    text("blank line inside a text", "Heart.\n\nLungs.", "Heart.\n\nLungs."),
    text("CRLF inside a text", "Heart.\r\nLungs.", "Heart.\nLungs."),
    text("a line of three capitals inside a text", "Heart normal.\nNAD", "Heart normal.\nNAD"),
    text("a word MSH inside a text", "Heart.\nMSH: not seen.", "Heart.\nMSH: not seen."),
    text("a word that ends as a name", "Heart.\nBTS: none.", "Heart.\nBTS: none."),
    Case(
        "segments indented by nothing, text by spaces",
        oru(obx("Heart.\n  Lungs.")),
        {"findings": "Heart.\n  Lungs."},
    ),
    Case(
        "padding after the last segment",
        oru(obx(SEEN)) + b"\x1a\x00\x00",
        {"findings": SEEN, "status": "final"},
    ),
]

ESCAPES = [
    text("line break", r"Heart.\.br\Lungs.", "Heart.\nLungs."),
    text("line break in capitals", r"Heart.\.BR\Lungs.", "Heart.\nLungs."),
    text("two line breaks", r"Heart.\.br\\.br\Lungs.", "Heart.\n\nLungs."),
    text("field separator", r"T1\F\T2", "T1|T2"),
    text("component separator", r"10\S\3", "10^3"),
    text("subcomponent separator", r"heart \T\ lungs", "heart & lungs"),
    text("repetition separator", r"\R\5 mm", "~5 mm"),
    text("escape character", r"and\E\or", "and\\or"),
    text("highlighting", r"\H\Large\N\ effusion", "Large effusion"),
    text("vertical space", r"Heart.\.sp\Lungs.", "Heart.\nLungs."),
    text("two lines of vertical space", r"Heart.\.sp2\Lungs.", "Heart.\n\nLungs."),
    text("spaces", r"Heart.\.sk3\Lungs.", "Heart.   Lungs."),
    text("indentation", r"\.in+4\Heart.\.br\\.ti-2\Lungs.", "Heart.\nLungs."),
    text("filling", r"\.fi\Heart.\.nf\ Lungs.", "Heart. Lungs."),
    text("centred", r"Heart.\.ce\Lungs.", "Heart.\nLungs."),
    text("hexadecimal CRLF", r"Heart.\X0D0A\Lungs.", "Heart.\nLungs."),
    text("hexadecimal LF", r"Heart.\X0A\Lungs.", "Heart.\nLungs."),
    text("hexadecimal CR, then LF", r"Heart.\X0D\\X0A\Lungs.", "Heart.\nLungs."),
    text("hexadecimal CR of the wrong width", r"Heart.\X000d\Lungs.", "Heart.\nLungs."),
    text("hexadecimal of one digit", r"Heart.\XA\Lungs.", "Heart.\nLungs."),
    text("hexadecimal code unit", r"Gr\X00F6\\X00DF\e", "Größe"),
    text(
        "hexadecimal code unit in UTF-8",
        r"Gr\X00F6\\X00DF\e",
        "Größe",
        head=header("UNICODE UTF-8"),
    ),
    text("hexadecimal UTF-8", r"Gr\XC3B6C39F\e", "Größe"),
    text("hexadecimal UTF-8, byte by byte", r"Gr\XC3\\XB6\\XC3\\X9F\e", "Größe"),
    text(
        "hexadecimal in the character set of the message",
        r"Gr\XF6\\XDF\e",
        "Größe",
        head=header("8859/1"),
    ),
    text("line break escaped twice", r"Heart.\E\.br\E\Lungs.", "Heart.\nLungs."),
    text("line break escaped by half", r"Heart.\E\.br\Lungs.", "Heart.\nLungs."),
    text("hexadecimal escaped twice", r"Heart.\E\X0D0A\E\Lungs.", "Heart.\nLungs."),
    text("separator escaped twice", r"heart \E\T\E\ lungs", "heart & lungs"),
    text("escape character escaped twice", r"and\E\E\E\or", "and\\or"),
    text("lone backslash", "heart \\ lungs", "heart \\ lungs"),
    text("backslash at the end", "Lungs clear\\", "Lungs clear\\"),
    text("open escape", r"Heart.\.br Lungs.", r"Heart.\.br Lungs."),
    text("lone backslash before an escape", r"C:\temp\.br\Lungs.", "C:\\temp\nLungs."),
    text("path", r"C:\new\scan", r"C:\new\scan"),
    text("two backslashes", r"heart \\ lungs", r"heart \\ lungs"),
    text("local escape", r"Heart \Zoom\ lungs", r"Heart \Zoom\ lungs"),
    text("unknown escape", r"Heart \Q\ lungs", r"Heart \Q\ lungs"),
    text("unescaped & and ^", "heart & lungs ^ pleura", "heart & lungs ^ pleura"),
    text("back to ASCII", r"Heart.\C2842\ Lungs.", "Heart. Lungs."),
    text("less than a size", "Nodule <5 mm & stable", "Nodule <5 mm & stable", kind="FT"),
    text("repetition is a line break in TX", "Heart.~Lungs.", "Heart.\nLungs."),
    text("repetition is a line break in FT", "Heart.~~Lungs.", "Heart.\n\nLungs.", kind="FT"),
    text("repetition is a line break in ST", "Heart.~Lungs.", "Heart.\nLungs.", kind="ST"),
    text("HTML breaks", "Heart.<br>Lungs.<br/>Bones.", "Heart.\nLungs.\nBones.", kind="FT"),
    text("HTML paragraphs", "<p>Heart.</p><p>Lungs.</p>", "Heart.\n\nLungs.", kind="FT"),
    text("HTML entities", "<p>Heart &amp; lungs &lt;5 mm</p>", "Heart & lungs <5 mm", kind="FT"),
    text("HTML, & escaped", r"<p>Heart \T\amp; lungs</p>", "Heart & lungs", kind="FT"),
    text("HTML of single words", r"<b>Heart</b>.\.br\Lungs.", "Heart.\nLungs.", kind="FT"),
    text("HTML in TX", "<div>Heart.</div>Lungs.", "Heart.\nLungs."),
    text("tabs", "Heart\tnormal", "Heart\tnormal"),
    Case(
        "control characters",
        oru(obx("Heart\x07 normal.\x0bLungs clear.")),
        {"findings": "Heart normal.\nLungs clear.", "flags": ("control_characters",)},
    ),
]

SEPARATORS = [
    Case(
        f"separators {head[3:]}",
        oru(obx(SEEN)).decode().replace(HEADER[:9], head).encode(),
        {"findings": SEEN, "metadata": {"procedure": "Chest two views"}},
    )
    for head in ("MSH|^~\\&|", "MSH|^~\\|", "MSH|^~|", "MSH|^|", "MSH||", "MSH|^~\\&#|")
] + [
    Case(
        "other separators",
        oru(obx(r"Heart/.br/10~3"), obx(CONCLUDED, IMPRESSION))
        .decode()
        .replace(HEADER[:9], "MSH#!*/%#")
        .replace("|", "#")
        .replace("^", "!")
        .encode(),
        {"findings": "Heart\n10~3", "impression": CONCLUDED, "report_id": "ACC7"},
    ),
]

CHARSETS = [
    latin("UTF-8 by name", "UNICODE UTF-8", "utf-8"),
    latin("UTF-8 without a name", "", "utf-8"),
    latin("Windows-1252 without a name", "", "cp1252"),
    latin("Windows-1252 under the name of ASCII", "ASCII", "cp1252"),
    latin("UTF-8 under the name of ASCII", "ASCII", "utf-8"),
    latin("UTF-8 under the name of Latin-1", "8859/1", "utf-8"),
    latin("Windows-1252 under the name of Latin-1", "8859/1", "cp1252"),
    latin("Windows-1252 by name", "WINDOWS-1252", "cp1252"),
    latin("plain UTF-8", "UTF-8", "utf-8"),
    latin("UTF-16 decoded before", "UNICODE UTF-16", "utf-8"),
    latin("GB 18030", "GB 18030-2000", "gb18030"),
    latin("the first of two names", "UNICODE UTF-8~8859/1", "utf-8"),
    *(
        Case(
            f"the character set {name}",
            oru(obx(value), head=header(name), encoding=encoding),
            {"findings": value},
        )
        for name, encoding, value in (
            ("8859/1", "iso8859_1", "Größe"),
            ("ISO-8859-1", "iso8859_1", "Größe"),
            ("ISO8859/2", "iso8859_2", "Płuca bez zmian"),
            ("8859/5", "iso8859_5", "Лёгкие чистые"),
            ("8859/7", "iso8859_7", "καρδιά"),
            ("8859/9", "iso8859_9", "Akciğer"),
            ("8859/15", "iso8859_15", "cœur"),
            ("WINDOWS-1251", "cp1251", "Лёгкие"),
            ("~ISO IR87", "iso2022_jp_2", "心臓"),
            ("KS X 1001", "euc_kr", "심장"),
            ("BIG-5", "big5", "心臟許功"),
        )
    ),
]

SECTIONS = [
    section("LOINC findings", "59776-5^^LN"),
    section("LOINC observation", "18782-3^Study observation^LN"),
    section("LOINC in the alternative code", "F1^^L^59776-5^^LN"),
    section("suffix of a code", "71046&GDT^Chest^C4"),
    section("suffix alone", "&GDT^^GDT"),
    section("suffix FND", "71046&FND"),
    section("suffix whose separator is escaped", r"71046\T\GDT"),
    section("English name", "^FINDINGS"),
    section("English name as a code", "FINDINGS"),
    section("long English name", "X1^Radiology Findings (narrative)^L"),
    section("German name", "^BEFUND"),
    section("sub-id", "71046^Chest^C4", "GDT"),
    section("name as a sub-id", "71046^Chest^C4", "Findings"),
    concluded("LOINC impression", "19005-8^^LN"),
    concluded("suffix IMP", "&IMP^^IMP"),
    concluded("suffix IMP in small letters", "71046&imp"),
    concluded("English conclusion", "^Conclusion"),
    concluded("English impression in the alternative text", "I1^^L^I2^Impression^L"),
    concluded("German impression", "^BEURTEILUNG"),
    concluded("another German impression", "99^Zusammenfassung^L"),
    concluded("impression as a sub-id", "71046^Chest^C4", "IMP"),
    other("LOINC recommendation", "18783-1^^LN", "recommendation"),
    other("LOINC reason", "18785-6^^LN", "indication"),
    other("suffix REC", "71046&REC", "recommendation"),
    other("technique", "^TECHNIQUE", "technique"),
    other("German comparison", "^Voraufnahmen", "comparison"),
    Case(
        "one OBX a line, without identifiers",
        oru(*(obx(line, "") for line in LINES)),
        WHOLE | {"words": True},
    ),
    Case(
        "one OBX a line, under one code",
        oru(*(obx(line, "71046^Chest^C4", sub=str(at)) for at, line in enumerate(LINES))),
        WHOLE | {"words": True},
    ),
    Case(
        "one OBX a line in a section; a blank one matters",
        oru(obx("Heart."), obx(""), obx("Lungs."), obx(CONCLUDED, IMPRESSION)),
        {"findings": "Heart.\n\nLungs.", "impression": CONCLUDED},
    ),
    Case(
        "lines that continue a section",
        oru(obx("Heart."), obx("Lungs.", ""), obx("No acute", IMPRESSION), obx("disease.", "")),
        {"findings": "Heart.\nLungs.", "impression": "No acute\ndisease."},
    ),
    Case(
        "set ids out of order: the order of the document counts",
        oru(obx("Heart.").replace("|1|", "|2|"), obx("Lungs.").replace("|1|", "|1|")),
        {"findings": "Heart.\nLungs."},
    ),
    Case(
        "a whole report under its code",
        oru(obx(REPORT.replace("\n", "~"), "18748-4^Diagnostic imaging study^LN")),
        WHOLE | {"words": True},
    ),
    Case(
        "a whole report under the code of findings",
        oru(obx(REPORT.replace("\n", r"\.br\ ").replace("br\\ ", "br\\"))),
        WHOLE | {"words": True},
    ),
    Case(
        "findings that repeat their name",
        oru(obx(f"FINDINGS: {SEEN}"), obx(f"IMPRESSION: {CONCLUDED}", IMPRESSION)),
        WHOLE,
    ),
    Case(
        "findings with names of organs and a conclusion below",
        oru(obx(r"HEART: Normal size.\.br\LUNGS: Clear.\.br\IMPRESSION: No acute disease.")),
        {"findings": "HEART: Normal size. LUNGS: Clear.", "impression": CONCLUDED, "words": True},
    ),
    text(
        "findings above a heading of findings",
        r"Heart normal.\.br\FINDINGS:\.br\Lungs clear.",
        "Heart normal.\nFINDINGS:\nLungs clear.",
    ),
    text(
        "findings with names of organs",
        r"HEART: Normal size.\.br\LUNGS: Clear.\.br\OTHER: None.",
        "HEART: Normal size.\nLUNGS: Clear.\nOTHER: None.",
    ),
    Case("neither OBX-2 nor OBX-11", oru(obx(SEEN, kind="", status="")), {"findings": SEEN}),
    Case("OBX that end with their text", joined([HEADER, ORDER, *NO_OBX_11]), WHOLE),
    Case("type ST", oru(obx(SEEN, "&GDT^^GDT", "ST", "Final")), {"findings": SEEN}),
    Case("type in small letters", oru(obx(SEEN, kind="tx")), {"findings": SEEN}),
    Case(
        "a number between",
        oru(obx("12", "8867-4^Heart rate^LN", "NM"), obx(SEEN)),
        {"findings": SEEN, "flags": ("attachment_not_read",)},
    ),
    Case(
        "OBX after SPM",
        oru("SPM|1|||TISS", obx(SEEN), "SPM|2|||TISS", obx(CONCLUDED, IMPRESSION)),
        WHOLE,
    ),
    Case(
        "comments",
        oru(obx(SEEN), r"NTE|1|L|Read by phone\T\fax."),
        {"sections": {"notes": "Read by phone&fax."}},
    ),
    Case(
        "a coded impression",
        oru(obx(SEEN), obx("D1^No finding^L", IMPRESSION, "CWE")),
        {"impression": "No finding"},
    ),
    Case(
        "OBX before the order",
        joined([HEADER, PATIENT, obx(SEEN), COMMON, ORDER, obx(CONCLUDED, IMPRESSION)]),
        WHOLE,
    ),
    Case("OBX without an order", joined([HEADER, PATIENT, obx(SEEN)]), {"report_id": "MSG1"}),
    Case("a document", joined([*MDM, obx(SEEN)]), {"report_id": "ACC7", "status": "final"}),
    Case(
        "a document with an order",
        joined([*MDM[:-1], COMMON, ORDER.replace("ACC7", "ACC8"), MDM[-1], obx(SEEN)]),
        {"report_id": "ACC8", "findings": SEEN},
    ),
]

DOCUMENTS = [
    Case("base64 text", oru(obx(document(SEEN.encode()), kind="ED")), {"findings": SEEN}),
    Case(
        "base64 text in Windows-1252",
        oru(obx(document("Größe".encode("cp1252")), kind="ED")),
        {"findings": "Größe"},
    ),
    Case(
        "base64 text in UTF-16",
        oru(obx(document("Größe".encode("utf-16")), kind="ED")),
        {"findings": "Größe"},
    ),
    Case(
        "base64 HTML",
        oru(obx(document(b"<p>Heart.</p><p>Lungs.</p>", "TEXT^HTML"), kind="ED")),
        {"findings": "Heart.\n\nLungs."},
    ),
    Case(
        "base64 in lines",
        oru(obx(document(SEEN.encode()).replace("cm1hb", r"cm1\.br\hb"), kind="ED")),
        {"findings": SEEN},
    ),
    Case("text as it is", oru(obx(f"^TEXT^PLAIN^A^{SEEN}", kind="ED")), {"findings": SEEN}),
    Case("hexadecimal", oru(obx("^TEXT^^Hex^4F6B2E", kind="ED")), {"findings": "Ok."}),
    Case(
        "a PDF beside the text",
        oru(obx(SEEN), obx(document(b"%PDF-1.7", "Application^PDF"), "PDF", "ED")),
        {"findings": SEEN, "flags": ("attachment_not_read",)},
    ),
    Case(
        "a reference beside the text",
        oru(obx(SEEN), obx("https://pacs/1", "REF", "RP")),
        {"findings": SEEN, "flags": ("attachment_not_read",)},
    ),
]

IDS = [
    Case("accession number", oru(obx(SEEN)), {"report_id": "ACC7"}),
    Case(
        "first component of the accession number",
        oru(obx(SEEN), order=ORDER.replace("ACC7", "ACC7^RIS^1.2^ISO~ACC8")),
        {"report_id": "ACC7"},
    ),
    Case("placer number", oru(obx(SEEN), order=ORDER.replace("ACC7", "")), {"report_id": "PL7"}),
    Case(
        "null accession number",
        oru(obx(SEEN), order=ORDER.replace("ACC7", '""')),
        {"report_id": "PL7"},
    ),
    Case("numbers of ORC", oru(obx(SEEN), order="OBR|1"), {"report_id": "ACC7"}),
    Case("control id", oru(obx(SEEN), order="OBR|1", common=""), {"report_id": "MSG1"}),
    Case(
        "no id at all",
        oru(obx(SEEN), order="OBR|1", common="", head=header(control_id="")),
        {"report_id": "object-0"},
    ),
    Case(
        "an escaped number",
        oru(obx(SEEN), order=ORDER.replace("ACC7", r"A\T\7")),
        {"report_id": "A&7"},
    ),
]

STATUSES = [
    with_status("final", "F", "F", "final"),
    with_status("preliminary", "P", "F", "preliminary"),
    with_status("not verified", "R", "", "preliminary"),
    with_status("partial", "A", "", "preliminary"),
    with_status("corrected", "C", "F", "corrected"),
    with_status("a corrected line of a final report", "F", "C", "corrected"),
    with_status("amended", "", "A", "corrected"),
    with_status("of the lines alone", "", "P", "preliminary"),
    with_status("final by the lines alone", "", "F", "final"),
    with_status("spelt out", "Final", "Final", "final"),
    with_status("spelt out in German", "vorläufig", "", "preliminary"),
    with_status("small letter", "c", "", "corrected"),
    with_status("with its text", "F^Final^HL70123", "", "final"),
    with_status("none", "", "", None),
    Case(
        "a deleted line",
        oru(obx("Wrong patient.", status="D"), obx(SEEN), obx("Not this.", status="X")),
        {"findings": SEEN, "status": "final"},
    ),
    Case(
        "a corrected line beside the first: both are text",
        oru(obx("Heart large."), obx("Heart normal.", status="C")),
        {"findings": "Heart large.\nHeart normal.", "status": "corrected"},
    ),
]

PEOPLE = [
    Case("age and sex", oru(obx(SEEN)), {"metadata": {"age": 65, "sex": "F"}}),
    Case(
        "the day before the birthday",
        oru(obx(SEEN), order=ORDER.replace("20260105", "20260502")),
        {"metadata": {"age": 65}},
    ),
    Case(
        "the birthday",
        oru(obx(SEEN), order=ORDER.replace("20260105", "20260503")),
        {"metadata": {"age": 66}},
    ),
    Case(
        "the time of the message",
        oru(obx(SEEN), order="OBR|1|PL7|ACC7", patient=PATIENT.replace("19600503", "20260105")),
        {"metadata": {"age": 0}},
    ),
    Case(
        "month of birth",
        oru(obx(SEEN), patient=PATIENT.replace("19600503", "196005")),
        {"metadata": {"age": 65}},
    ),
    Case(
        "a year alone leaves the age open",
        oru(obx(SEEN), patient=PATIENT.replace("19600503", "1960")),
        {"metadata": {"age": None}},
    ),
    Case(
        "not a date",
        oru(obx(SEEN), patient=PATIENT.replace("19600503", "03.05.1960")),
        {"metadata": {"age": None, "sex": "F"}},
    ),
    Case(
        "another word than a sex",
        oru(obx(SEEN), patient=PATIENT.removesuffix("F") + "QZNAME"),
        {"metadata": {"sex": None}},
    ),
    Case("no PID", oru(obx(SEEN), patient=""), {"metadata": {"age": None, "format": "hl7"}}),
]

CASES = [
    *LINE_ENDS,
    *ESCAPES,
    *SEPARATORS,
    *CHARSETS,
    *SECTIONS,
    *DOCUMENTS,
    *IDS,
    *STATUSES,
    *PEOPLE,
]

CUT = joined([HEADER, PATIENT, ORDER, obx(SEEN), obx(CONCLUDED, IMPRESSION)])
WRONG = [
    Wrong("ADT", joined([header(kind="ADT^A01"), PATIENT]), "MSH-9", "ADT^A01"),
    Wrong("ORM", oru(obx(SEEN), head=header(kind="ORM^O01")), "MSH-9", "ORM^O01"),
    Wrong("no type", oru(obx(SEEN), head=header(kind="")), "MSH-9", "not a report"),
    Wrong("no OBX", oru(), "OBX", "is missing"),
    Wrong("no text", oru(obx("")), "OBX-5", "blank"),
    Wrong("only an impression", oru(obx(CONCLUDED, IMPRESSION)), "OBX-3", "no findings"),
    Wrong("no findings by code or heading", oru(obx(SEEN, "71046^Chest")), "OBX-3", "neither"),
    Wrong("only a recommendation", oru(obx("CT.", "&REC")), "OBX-3", "no section of findings"),
    Wrong("only a number", oru(obx("12", "X", "NM")), "OBX[1]-2", "is NM"),
    Wrong(
        "only a PDF",
        oru(obx(document(b"%PDF-1.7", "Application^PDF"), kind="ED")),
        "OBX[1]-5",
        "PDF",
    ),
    Wrong("a PDF by its content", oru(obx(document(b"%PDF-1.7"), kind="ED")), "OBX[1]-5", "PDF"),
    Wrong("RTF", oru(obx(document(b"{\\rtf1 Heart}"), kind="ED")), "OBX[1]-5", "RTF"),
    Wrong("only a reference", oru(obx("https://pacs/1", kind="RP")), "OBX[1]-5", "refers"),
    Wrong(
        "broken base64", oru(obx(SEEN), obx("^TEXT^^Base64^SGVh!", kind="ED")), "OBX[2]-5", "base64"
    ),
    Wrong("cut base64", oru(obx("^TEXT^^Base64^SGVhcnQgb", kind="ED")), "OBX[1]-5", "base64"),
    Wrong("no encoding", oru(obx("^TEXT^PLAIN^^Heart", kind="ED")), "OBX[1]-5", "encoding"),
    Wrong("binary", oru(obx(document(b"\x00\x01\x02"), kind="ED")), "OBX[1]-5", "not text"),
    Wrong("unknown set", oru(obx(SEEN), head=header("KLINGON")), "MSH-18", "unknown"),
    Wrong(
        "not UTF-8",
        oru(obx("Größe"), head=header("UNICODE UTF-8"), encoding="latin-1"),
        "MSH-18",
        "not valid",
    ),
    Wrong("no known set", oru(obx("a\x81b"), encoding="latin-1"), "MSH-18", "neither"),
    Wrong(
        "hexadecimal in no set",
        oru(obx(r"\XFFFE\ "), head=header("UTF-8")),
        "OBX[1]-5",
        "hexadecimal",
    ),
    Wrong("a switch of the set", oru(obx(r"\M244142\ ")), "OBX[1]-5", "switches"),
    Wrong(
        "equal separators",
        oru(obx(SEEN)).replace(b"|^~\\&|", b"|^^\\&|"),
        "MSH-2",
        "two separators",
    ),
    Wrong(
        "cancelled",
        oru(obx(SEEN), order=ORDER[:-1] + "X"),
        "OBR-25",
        "the report is cancelled; no draft is made",
    ),
    Wrong(
        "cancelled, spelt out", oru(obx(SEEN), order=ORDER[:-1] + "Canceled"), "OBR-25", "cancelled"
    ),
    Wrong("cancelled without OBX", oru(order=ORDER[:-1] + "X"), "OBR-25", "cancelled"),
    Wrong("all lines deleted", oru(obx(SEEN, status="D")), "OBX-11", "cancelled"),
    Wrong("unknown status", oru(obx(SEEN, status="Q")), "OBX[1]-11", "status"),
    Wrong(
        "cancelled document",
        joined([*MDM[:-1], MDM[-1][:-2] + "CA", obx(SEEN)]),
        "TXA-19",
        "cancelled",
    ),
    Wrong(
        "a damaged name",
        oru(obx(SEEN), obx(CONCLUDED, IMPRESSION).replace("OBX", "obx")),
        "OBX[1]",
        "damaged",
    ),
    Wrong("a short name", oru(obx(SEEN), obx(CONCLUDED)[1:]), "OBX[1]", "damaged"),
    Wrong("a short name in a patient", oru(obx(SEEN), common=COMMON[1:]), "PID", "damaged"),
    Wrong("a line in the header", oru(obx(SEEN), patient="of Annex"), "MSH", "no segment"),
    Wrong(
        "an indented name", oru(obx(SEEN), " " + obx(CONCLUDED, IMPRESSION)), "OBX[1]", "damaged"
    ),
    Wrong(
        "an open separator",
        oru(obx("Heart | lungs are clear").replace("||||||F", "")),
        "OBX[1]-5",
        "separator of fields",
    ),
    Wrong("continued", oru(obx(SEEN), "DSC|77|F"), "DSC", "continued"),
    Wrong("cut in a text", CUT[: CUT.rindex(b"disease")], "OBX[2]-5", "may be cut"),
    Wrong("cut after a sentence", CUT[: CUT.rindex(b"|||")], "OBX[2]-5", "may be cut"),
    Wrong("cut before a text", CUT[: CUT.rindex(b"No acute") - 2], "OBX[2]-5", "ends before it"),
    Wrong("cut in a name", CUT[: CUT.rindex(b"OBX") + 2], "OBX[1]-5", "ends before it"),
    Wrong("one OBX, cut", CUT[: CUT.index(b"Lungs")] + b"Lu", "OBX[1]-5", "may be cut"),
    Wrong("a block that does not end", b"\x0b" + oru(obx(SEEN)), "MLLP", "does not end"),
    Wrong("a long id", oru(obx(SEEN), order=ORDER.replace("ACC7", "7" * 300)), "OBR-3", "longer"),
]
