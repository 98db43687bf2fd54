"""Functions of text and of bytes."""

from __future__ import annotations

from analytics.engine.functions.model import scalar

# What Java calls white space; a non-breaking space is none.
_SPACES = (
    "chr(9)||chr(10)||chr(11)||chr(12)||chr(13)||chr(28)||chr(29)||chr(30)||chr(31)||' '||chr(5760)"
    "||chr(8192)||chr(8193)||chr(8194)||chr(8195)||chr(8196)||chr(8197)||chr(8198)||chr(8200)"
    "||chr(8201)||chr(8202)||chr(8232)||chr(8233)||chr(8287)||chr(12288)"
)
_ARGUMENT = "INVALID_FUNCTION_ARGUMENT"
_ASCII = "strlen({0}) = length({0}) AND strlen({1}) = length({1})"
_BAD_ESCAPE = "%([^0-9A-Fa-f]|[0-9A-Fa-f]([^0-9A-Fa-f]|$)|$)"


def _pad(side: str) -> str:
    return (
        f"CASE WHEN {{1}} < 0 THEN FAIL[{_ARGUMENT}: Target length must be in the range "
        f"0..2147483647] WHEN {{2}} = '' THEN FAIL[{_ARGUMENT}: Padding string must not be empty]"
        f" ELSE {side}pad({{0}}, {{1}}::INTEGER, {{2}}) END"
    )


_SUBSTR = (
    "CASE WHEN {1} = 0 OR {1} > length({0}) OR -{1} > length({0}) THEN substring({0}, 1, 0 * {1}) "
)
FUNCTIONS = (
    scalar("length(varchar) -> bigint", "length({0})", "Code points"),
    scalar("length(char) -> bigint", "length({0})", "The declared length"),
    scalar("length(varbinary) -> bigint", "octet_length({0})"),
    scalar("lower(varchar) -> varchar", "lower({0})"),
    scalar(
        "upper(varchar) -> varchar",
        "array_to_string(list_transform(string_split({0}, 'ß'), lambda s: upper(s)), 'ß')",
        "Letter by letter: ß stays",
    ),
    scalar(
        "trim(varchar) -> varchar", f"trim({{0}}, {_SPACES})", "All white space, not only spaces"
    ),
    scalar("ltrim(varchar) -> varchar", f"ltrim({{0}}, {_SPACES})", "All white space"),
    scalar("rtrim(varchar) -> varchar", f"rtrim({{0}}, {_SPACES})", "All white space"),
    *(
        scalar(f"{name}(varchar, varchar) -> varchar", f"{name}({{0}}, {{1}})")
        for name in ("trim", "ltrim", "rtrim")
    ),
    scalar(
        "concat(varchar, varchar, …) -> varchar",
        lambda args: "(" + " || ".join(one.sql for one in args) + ")",
        "Null if any is null; text only",
    ),
    scalar("concat_ws(varchar, varchar, …) -> varchar", "concat_ws({all})", "Nulls are left out"),
    scalar(
        "concat_ws(varchar, array(varchar)) -> varchar",
        "CASE WHEN {0} IS NOT NULL THEN "
        "array_to_string(list_filter({1}, lambda x: x IS NOT NULL), {0}) END",
    ),
    scalar(
        "chr(bigint) -> varchar",
        "CASE WHEN {0} = 0 THEN ELSEWHERE[chr(0)] "
        f"WHEN {{0}} < 1 OR {{0}} > 1114111 OR ({{0}} BETWEEN 55296 AND 57343) THEN "
        f"FAIL[{_ARGUMENT}: Not a valid Unicode code point] ELSE chr({{0}}::INTEGER) END",
    ),
    scalar("codepoint(varchar(1)) -> integer", "unicode({0})"),
    scalar(
        "levenshtein_distance(varchar, varchar) -> bigint",
        f"CASE WHEN {_ASCII} THEN levenshtein({{0}}, {{1}}) "
        "ELSE ELSEWHERE[levenshtein_distance of text beyond ASCII] END",
    ),
    scalar(
        "hamming_distance(varchar, varchar) -> bigint",
        f"CASE WHEN length({{0}}) <> length({{1}}) THEN FAIL[{_ARGUMENT}: The input strings to "
        "hamming_distance function must have the same length] WHEN {0} = '' THEN 0 ELSE "
        "len(list_filter(range(1, length({0}) + 1), lambda i: "
        "substring({0}, i, 1) <> substring({1}, i, 1))) + 0 * length({1}) END",
    ),
    scalar("lpad(varchar, bigint, varchar) -> varchar", _pad("l"), "Cut if it is longer"),
    scalar("rpad(varchar, bigint, varchar) -> varchar", _pad("r"), "Cut if it is longer"),
    scalar("replace(varchar, varchar) -> varchar", "replace({0}, {1}, '')"),
    scalar(
        "replace(varchar, varchar, varchar) -> varchar",
        "CASE WHEN {1} = '' THEN ELSEWHERE[replace of an empty text] ELSE replace({0}, {1}, {2}) "
        "END",
    ),
    scalar(
        "reverse(varchar) -> varchar",
        "CASE WHEN {0} = '' THEN '' ELSE list_aggregate(list_transform("
        "range(length({0}), 0, -1), lambda i: substring({0}, i, 1)), 'string_agg', '') END",
        "By code points",
    ),
    scalar(
        "split(varchar, varchar) -> array(varchar)",
        f"CASE WHEN {{1}} = '' THEN FAIL[{_ARGUMENT}: The delimiter may not be the empty string] "
        "ELSE string_split({0}, {1}) END",
    ),
    scalar(
        "split(varchar, varchar, bigint) -> array(varchar)",
        f"CASE WHEN {{1}} = '' THEN FAIL[{_ARGUMENT}: The delimiter may not be the empty string] "
        f"WHEN {{2}} <= 0 THEN FAIL[{_ARGUMENT}: Limit must be positive] "
        "WHEN len(string_split({0}, {1})) <= {2} THEN string_split({0}, {1}) "
        "WHEN {0} IS NULL OR {1} IS NULL OR {2} IS NULL THEN NULL "
        "ELSE list_append(string_split({0}, {1})[1:{2} - 1], "
        "array_to_string(string_split({0}, {1})[{2}:], {1})) END",
        "The last part holds the rest",
    ),
    scalar(
        "split_part(varchar, varchar, bigint) -> varchar",
        f"CASE WHEN {{2}} < 1 THEN FAIL[{_ARGUMENT}: Index must be greater than zero] "
        "WHEN {1} = '' THEN ELSEWHERE[split_part by an empty text] "
        "ELSE list_extract(string_split({0}, {1}), {2}) END",
        "Null beyond the last part",
    ),
    scalar("starts_with(varchar, varchar) -> boolean", "starts_with({0}, {1})"),
    scalar(
        "strpos(varchar, varchar) -> bigint",
        "CASE WHEN {1} = '' THEN 1 + 0 * length({0}) ELSE strpos({0}, {1}) END",
    ),
    scalar(
        "strpos(varchar, varchar, bigint) -> bigint",
        f"CASE WHEN {{2}} = 0 THEN FAIL[{_ARGUMENT}: 'instance' must be a positive or negative "
        "number.] WHEN {1} = '' THEN ELSEWHERE[strpos of an empty text with an instance] "
        "WHEN {0} IS NULL OR {1} IS NULL OR {2} IS NULL THEN NULL ELSE "
        "coalesce(list_extract(list_filter(range(1, length({0}) + 1), lambda i: "
        "substring({0}, i, length({1})) = {1}), {2}), 0) END",
        "Negative: from the end",
    ),
    scalar(
        "substr(varchar, bigint) -> varchar",
        _SUBSTR + "ELSE substring({0}, {1}) END",
        "Empty at 0 and beyond the end",
    ),
    scalar(
        "substr(varchar, bigint, bigint) -> varchar",
        _SUBSTR.replace("0 * {1}", "0 * {1} * {2}")
        + "WHEN {2} <= 0 THEN substring({0}, 1, 0) ELSE substring({0}, {1}, {2}) END",
        "Empty at 0 and beyond the end",
    ),
    scalar("translate(varchar, varchar, varchar) -> varchar", "translate({0}, {1}, {2})"),
    scalar("normalize(varchar) -> varchar", "nfc_normalize({0})", "NFC only"),
    scalar("to_utf8(varchar) -> varbinary", "encode({0})"),
    scalar("md5(varbinary) -> varbinary", "unhex(md5({0}))"),
    scalar("sha1(varbinary) -> varbinary", "unhex(sha1({0}))"),
    scalar("sha256(varbinary) -> varbinary", "unhex(sha256({0}))"),
    scalar("to_hex(varbinary) -> varchar", "hex({0})"),
    scalar("to_base64(varbinary) -> varchar", "to_base64({0})"),
    scalar(
        "url_encode(varchar) -> varchar",
        "replace(replace(replace(url_encode({0}), '%20', '+'), '%2A', '*'), '~', '%7E')",
        "As in forms: a space is +",
    ),
    scalar(
        "url_decode(varchar) -> varchar",
        f"CASE WHEN regexp_matches({{0}}, '{_BAD_ESCAPE}') THEN FAIL[{_ARGUMENT}: Illegal hex "
        "characters in escape (%) pattern] ELSE url_decode(replace({0}, '+', ' ')) END",
        "As in forms: + is a space",
    ),
)
FUNCTIONS += tuple(
    scalar(one.shown.replace("substr(", "substring("), one.sql, one.note)
    for one in FUNCTIONS
    if one.name == "substr"
)
