"""Patterns over the bytes of a JSON text: what framing has to see of its structure.

The possessive `*+` and bounded repetitions keep every search linear on any input.
"""

from __future__ import annotations

import re

BOM = b"\xef\xbb\xbf"
SPACE_BYTES = b" \t\r\n"
BETWEEN_BYTES = SPACE_BYTES + b","
# More white space than this between two tokens is not looked across, where only a look ahead can
# tell what follows. LOOKAHEAD bytes are enough to decide each such pattern.
LOOKAHEAD = 512

_SPACE = rb"[ \t\r\n]*+"
_NEAR = rb"[ \t\r\n]{0,256}+"
_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
# After a string, nothing else can follow. A quotation mark is accepted: a comma may be missing.
_FOLLOWED = _STRING + _SPACE + rb'(?=[,:}\]"])'
_LITERAL = rb"(?:-?[0-9][0-9.eE+-]{0,63}+|true|false|null|NaN|-?Infinity)"
_WORD = rb"true|false|null|NaN|Infinity"
# White space, numbers and words: what may stand outside strings.
_OUTSIDE = rb"[ \t\r\n0-9.eE+-]++|" + _WORD
_FLAT_OBJECT = rb"\{(?:[,:]|" + _OUTSIDE + rb"|" + _FOLLOWED + rb")*+\}"
_FLAT_ARRAY = rb"\[(?:[,:]|" + _OUTSIDE + rb"|" + _FOLLOWED + rb")*+\]"
_OBJECTS = rb"\[" + _SPACE + _FLAT_OBJECT + rb"(?:" + _SPACE + rb"," + _SPACE + _FLAT_OBJECT
_OBJECTS += rb")*+" + _SPACE + rb"\]"
_NESTED = rb"(?:" + _FLAT_OBJECT + rb"|" + _FLAT_ARRAY + rb"|" + _OBJECTS + rb")"

# A whole object with at most two more levels: what a walk over its tokens would find too.
SHALLOW_OBJECT = re.compile(
    rb"\{(?:" + _OUTSIDE + rb"|" + _FOLLOWED + rb"|:" + _SPACE + _NESTED + rb"|[,:])*+\}", re.DOTALL
)
# Up to the next bracket or quotation mark, or to what may not stand outside strings.
PLAIN = re.compile(rb"(?:[,: \t\r\n0-9.eE+-]++|" + _WORD + rb")*+")
LONGEST_WORD = 8
NOT_STRUCTURE = re.compile(rb'[^"{}\[\]]*+')
# A whole run of brackets per step: a gzip bomb may contain 150 million of them.
OPENING = re.compile(rb"[\[{]++")
CLOSING = re.compile(rb"[\]}]++")
STRING_REST = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
SPACE = re.compile(_SPACE)
FIRST_KEY = re.compile(rb'\{[ \t\r\n]{0,64}+("(?:[^"\\\n]|\\.){0,100}+")')
# Objects inside a record do not begin with these keys.
RECORD = re.compile(rb'\{[ \t\r\n]{0,64}+"(?:report_id|study_id|findings|impression)"')

# Between records. A bracket that opens a list of objects is not a record.
SEPARATORS = re.compile(rb"(?:[ \t\r\n,\]]++|\xef\xbb\xbf|\[(?=" + _NEAR + rb"\{))*+")
SEPARATORS_OF_A_PAGE = re.compile(rb"(?:[ \t\r\n,]++|\xef\xbb\xbf)*+")
NOT_BETWEEN = re.compile(rb"[^ \t\r\n,]")
# What may follow a record in its line.
AFTER_RECORD = re.compile(
    rb"[ \t\r]{0,256}+(?:[\n,\[\]{]|\xef\xbb\xbf|\Z"
    rb'|"[^"\\\n]{0,100}+"[ \t\r\n]{0,64}+:)'
    rb"|[ \t\r]{256}"
)
SCALAR = re.compile(_LITERAL + rb"(?=" + _NEAR + rb"(?:[,\]]|\Z)|[ \t\r]{0,256}+\n)")
COLON = re.compile(_NEAR + rb":")
# Where text that is not JSON ends, or contains an object.
END_OF_TEXT = re.compile(rb"\n|,(?=" + _NEAR + rb"\{)|\{(?=" + _NEAR + rb'")')
# Where the next record may begin: at the beginning of a line (1), or within one (2).
NEXT_RECORD = re.compile(
    rb"\n((?:[ \t\r,\[]|\xef\xbb\xbf){0,256}+)\{|([^ \t\r\n,])[ \t\r,]{0,256}+\{"
)
# A damaged last record's last bytes, if the end of its array or wrapper is among them.
END_OF_ARRAY = re.compile(rb"\][ \t\r\n,]*+\Z")
END_OF_WRAPPER = re.compile(rb"\][^\[\]{}]*+\}[ \t\r\n]*+\Z")
LINE_WITH_RECORD = re.compile(rb"\n((?:[ \t\r,\[]|\xef\xbb\xbf){0,256}+)\{")

MEMBER_NAME = re.compile(_SPACE + rb"(" + _STRING + rb")" + _SPACE + rb":" + _SPACE, re.DOTALL)
MEMBER_VALUE = re.compile(
    rb"(?:"
    + _STRING
    + rb"|"
    + _LITERAL
    + rb"|"
    + _FLAT_OBJECT
    + rb"|"
    + _FLAT_ARRAY
    + rb")"
    + _SPACE
    + rb",",
    re.DOTALL,
)
# The first of them may be damaged.
LIST_OF_OBJECTS = re.compile(
    rb"\[(?=" + _SPACE + rb"[{\]]|[^\[\]{\n]{0,1000}+" + RECORD.pattern + rb")"
)
