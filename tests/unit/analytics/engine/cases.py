"""Expressions with what Trino's documentation and source say of them, by kind.

A line is `expression => value`: a Python literal, `!CODE` for Athena's error, `elsewhere` for what
is refused here by name. D is Decimal, d a date, t a timestamp.
"""

from __future__ import annotations

CASES = r"""
# text
length('a😀'), length(''), length(null), length(cast('a' as char(3))), length(x'00ff') => 2, 0, None, 3, 2
lower('ÄB'), upper('äß'), upper(null), normalize('e') => 'äb', 'Äß', None, 'e'
trim(' a '), ltrim(chr(9) || 'a'), rtrim('a' || chr(10)), trim(chr(160) || 'a') => 'a', 'a', 'a', '\xa0a'
trim(both 'x' from 'xax'), trim('xay', 'xy'), ltrim('xxa', 'x'), rtrim('axx', 'x') => 'a', 'a', 'a', 'a'
concat('a', 'b', 'c'), concat('a', null), 'a' || 'b' => 'abc', None, 'ab'
concat_ws(',', 'a', null, 'b'), concat_ws(null, 'a'), concat_ws('-', array['a', null, 'b']) => 'a,b', None, 'a-b'
chr(8364), codepoint('€'), chr(97) => '€', 8364, 'a'
chr(-1) => !INVALID_FUNCTION_ARGUMENT
codepoint('ab') => !TYPE_MISMATCH
levenshtein_distance('kitten', 'sitting'), hamming_distance('abc', 'abd'), hamming_distance('', '') => 3, 1, 0
levenshtein_distance('é', 'e') => elsewhere
hamming_distance('a', 'ab') => !INVALID_FUNCTION_ARGUMENT
lpad('abc', 2, 'x'), lpad('a', 4, 'xy'), rpad('a', 4, 'xy'), rpad('a', 0, 'x') => 'ab', 'xyxa', 'axyx', ''
lpad('a', -1, 'x') => !INVALID_FUNCTION_ARGUMENT
rpad('a', 2, '') => !INVALID_FUNCTION_ARGUMENT
replace('abca', 'a', 'x'), replace('abca', 'a'), replace(null, 'a') => 'xbcx', 'bc', None
replace('a', '', 'x') => elsewhere
reverse('aß€'), reverse('') , reverse(null) => '€ßa', '', None
split('a,b,c', ','), split('', ','), split('a,b,', ','), split(null, ',') => ['a', 'b', 'c'], [''], ['a', 'b', ''], None
split('a,b,c', ',', 2), split('a,b', ',', 5), split('a', ',', 1) => ['a', 'b,c'], ['a', 'b'], ['a']
split('a', '') => !INVALID_FUNCTION_ARGUMENT
split('a', ',', 0) => !INVALID_FUNCTION_ARGUMENT
split_part('a,b', ',', 2), split_part('a,b', ',', 3), split_part('', ',', 1) => 'b', None, ''
split_part('a,b', ',', 0) => !INVALID_FUNCTION_ARGUMENT
split_part('ab', '', 1) => elsewhere
starts_with('abc', 'ab'), starts_with('abc', ''), starts_with(null, 'a') => True, True, None
strpos('banana', 'an'), strpos('a', 'b'), strpos('a', ''), position('n' in 'banana') => 2, 0, 1, 3
strpos('aaa', 'aa', 2), strpos('banana', 'a', -1), strpos('a', 'b', 1) => 2, 6, 0
strpos('a', 'a', 0) => !INVALID_FUNCTION_ARGUMENT
substr('hello', 2), substr('hello', -3), substr('hello', 0), substr('hello', 9), substr('hello', -9) => 'ello', 'llo', '', '', ''
substring('hello', 2, 3), substring('hello', 4, 9), substring('hello', 2, 0), substring('hello', -2, 1) => 'ell', 'lo', '', 'l'
substring('hello' from 2 for 2), substr(null, 1, 1), substr('a😀b', 2, 1) => 'el', None, '😀'
translate('abcd', 'abc', 'xy'), translate('aa', '', 'x') => 'xyd', 'aa'
to_utf8('é'), to_hex(to_utf8('é')), to_base64(to_utf8('abc')) => b'\xc3\xa9', 'C3A9', 'YWJj'
to_hex(md5(to_utf8('a'))), to_hex(sha1(to_utf8('a'))) => '0CC175B9C0F1B6A831C399E269772661', '86F7E437FAA5A7FCE15D1DDCB9EAEAEA377667B8'
to_hex(sha256(to_utf8(''))) => 'E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855'
url_encode('a b~*é'), url_decode('a+b%20c') => 'a+b%7E*%C3%A9', 'a b c'
url_decode('%zz') => !INVALID_FUNCTION_ARGUMENT
word_stem('running') => elsewhere
cast('a' as char(3)) || 'x' => elsewhere
length(5) => !TYPE_MISMATCH
'a' || 1 => !TYPE_MISMATCH
concat('a', 1) => !TYPE_MISMATCH
# patterns
regexp_like('Left lung', '(?i)LEFT'), regexp_like('ab', '^b'), regexp_like(null, 'a') => True, False, None
regexp_like('a' || chr(10) || 'b', 'a.b'), regexp_like('٣', '\d'), regexp_like('é', '\w') => False, True, True
regexp_extract('a12', '[0-9]+'), regexp_extract('abc', '\d'), regexp_extract('a1', '([a-z])(\d)', 2) => '12', None, '1'
regexp_extract('a', '(a)|(b)', 2) => elsewhere
regexp_extract_all('a1b22', '\d+'), regexp_extract_all('a', '\d'), regexp_extract_all('a1b2', '([a-z])\d', 1) => ['1', '22'], [], ['a', 'b']
regexp_replace('a1b2', '\d'), regexp_replace('abab', '(a)(b)', '$2$1'), regexp_replace('a', 'b', 'c') => 'ab', 'baba', 'a'
regexp_count('a1b2', '\d'), regexp_position('abc', 'c'), regexp_position('abc', 'z') => 2, 3, -1
regexp_split('a1b2c', '\d') => ['a', 'b', 'c']
regexp_like('foobar', 'foo(?=bar)') => elsewhere
regexp_like('a' || chr(10), 'a$') => elsewhere
regexp_like('äb', '\bb') => elsewhere
regexp_replace('abc', 'x*', '-') => elsewhere
regexp_like('a', 'a++') => elsewhere
regexp_like('a', cast(x as varchar)) => elsewhere
'abc' like 'a_c', 'a_c' like 'a\_c' escape '\', 'a\b' like 'a\b', 'A' like 'a', 'a' not like 'b' => True, True, True, False, True
# arithmetic
7 / 2, -7 / 2, 7 % 3, -7 % 3, mod(-7, 3), 7 / 2e0, 2 / null => 3, -3, 1, -1, -1, 3.5, None
1 / 0 => !DIVISION_BY_ZERO
1 % 0 => !DIVISION_BY_ZERO
1.0 / 0 => !DIVISION_BY_ZERO
1e0 / 0, -1e0 / 0, nan() = nan(), nan() <> nan(), nan() > 1e0, nan() in (nan()) => inf, -inf, False, True, False, False
2147483647 + 1 => !NUMERIC_VALUE_OUT_OF_RANGE
9223372036854775807 * 2 => !NUMERIC_VALUE_OUT_OF_RANGE
2147483648 - 1, -2147483648, 3 * 4 => 2147483647, -2147483648, 12
1.0 / 3, 2 / 3.00, 100.0 * 1 / 3, 7 / 2.0, -1.5 / 2 => D('0.3'), D('0.67'), D('33.3'), D('3.5'), D('-0.8')
1.1 + 2.22, 1.1 * 2.22, 5 - 0.25, 5.5 % 2, 0.1 * 0.1 => D('3.32'), D('2.442'), D('4.75'), D('1.5'), D('0.01')
1.5 + 1e0, 1.5 > 1, 1.0 = 1 => 2.5, True, True
1 + '1' => !TYPE_MISMATCH
abs(-5), abs(-1.5), abs(-1e0), sign(-3), sign(-2.5), sign(0e0) => 5, D('1.5'), 1.0, -1, D('-1'), 0.0
ceil(1.2), floor(-1.2), ceiling(1.2e0), floor(5), floor(1.5e0), truncate(-1.7e0), truncate(1.9) => D('2'), D('-2'), 2.0, 5, 1.0, -1.0, D('1')
round(2.5), round(-2.5), round(2.5e0), round(-2.5e0), round(5), round(2.345, 2), round(1.25e0, 1) => D('3'), D('-3'), 3.0, -3.0, 5, D('2.350'), 1.3
cbrt(27), sqrt(4), sqrt(-1), exp(0), degrees(pi()), radians(180e0) = pi(), e() = exp(1) => 3.0, 2.0, nan, 1.0, 180.0, True, True
ln(0), ln(-1), log2(8), log10(1000), log(2, 8), power(2, 10), pow(2, -1) => -inf, nan, 3.0, 3.0, 3.0, 1024.0, 0.5
sin(0), cos(0), tan(0), asin(2), acos(1), atan(0), atan2(0, 1), sinh(0), cosh(0), tanh(0) => 0.0, 1.0, 0.0, nan, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0
is_nan(nan()), is_finite(1), is_infinite(infinity()), rand() < 1, 0 <= random(), random(1), rand(2 - 1) => True, True, True, True, True, 0, 0
random(0) => !INVALID_FUNCTION_ARGUMENT
width_bucket(0.5e0, 0, 1, 20), width_bucket(1e0, 0, 1, 20), width_bucket(-1, 0, 1, 4) => 11, 21, 0
width_bucket(1, 0, 1, 0) => !INVALID_FUNCTION_ARGUMENT
greatest(1, 2), greatest(1, null), least('b', 'a'), greatest(1.5, 2), least(1e0, 2e0) => 2, None, 'a', D('2.0'), 1.0
to_base(255, 16), from_base('ff', 16), from_base('-10', 2), to_base(-5, 2) => 'ff', 255, -2, '-101'
from_base('9', 8) => !INVALID_FUNCTION_ARGUMENT
to_base(1, 1) => !INVALID_FUNCTION_ARGUMENT
bitwise_and(5, 3), bitwise_or(5, 3), bitwise_xor(5, 3), bitwise_not(5), bit_count(7, 64), bit_count(-1, 64) => 1, 7, 6, -6, 3, 64
# conditions
coalesce(null, 1.5, 2), nullif(1, 1), nullif(1, 2), if(false, 1), if(true, 'a', 'bb'), case x when 3 then 'y' end => D('1.5'), None, 1, None, 'a', 'y'
try(1 / 0), try(cast('x' as integer)), try(array[1][5]), coalesce(try(1 % 0), 7), try(5) => None, None, None, 7, 5
true and null, false and null, true or null, not null, null = null => None, False, True, None, None
1 in (2, null), 1 in (1, null), 1 not in (2, 3), 2 between 1 and 3, 2 not between 1 and 3 => None, True, True, True, False
1 is distinct from null, null is not distinct from null, null is null, 1 is not null => True, True, True, True
2 = any (values 1, 2), 2 > all (values 1, 2), 3 > some (values 1) => True, False, True
case when true then 1 else 'a' end => !TYPE_MISMATCH
coalesce(1, 'a') => !TYPE_MISMATCH
1 = '1' => !TYPE_MISMATCH
x is true => !SYNTAX_ERROR
not 1 => !TYPE_MISMATCH
# casts
cast(2.5 as integer), cast(-2.5e0 as bigint), cast(0.5e0 as integer), cast(1.25 as decimal(2,1)) => 3, -3, 1, D('1.3')
cast('12' as integer), cast('-3' as bigint), cast('+4' as bigint), cast(true as integer), cast(2 as boolean) => 12, -3, 4, 1, True
try_cast('2.5' as integer), try_cast('1e3' as bigint), try_cast(' 7' as integer), try_cast('' as bigint) => None, None, None, None
try_cast('yes' as boolean), cast('T' as boolean), cast('0' as boolean), cast('1.5' as double), try_cast('x' as double) => None, True, False, 1.5, None
try_cast('2024-02-30' as date), cast('2024-1-5' as date), try_cast('2024-01-01T00:00:00' as timestamp) => None, d(2024, 1, 5), None
cast('2024-01-01' as timestamp), cast('2024-01-01 10:11' as timestamp), cast(t(1) as date) => t(2024, 1, 1), t(2024, 1, 1, 10, 11), d(2024, 1, 1)
cast(1.5e0 as varchar), cast(100e0 as varchar), cast(-0.001e0 as varchar), cast(0e0 as varchar), cast(nan() as varchar) => '1.5E0', '1.0E2', '-1.0E-3', '0E0', 'NaN'
cast(real '1.1' as varchar), cast(1.10 as varchar), cast(12 as varchar), cast(true as varchar), cast(1e20 as varchar) => '1.1E0', '1.10', '12', 'true', '1.0E20'
cast(date '2024-01-05' as varchar), cast(timestamp '2024-01-01 12:00:00' as varchar) => '2024-01-05', '2024-01-01 12:00:00'
cast(timestamp '2024-01-01 12:00:00.100' as varchar), cast(time '10:00:00' as varchar) => '2024-01-01 12:00:00.100', '10:00:00'
cast('abcdef' as varchar(2)), cast('a' as char(3)), cast('a' as char(3)) = 'a', cast(12 as varchar(2)) => 'ab', 'a  ', True, '12'
cast(123 as varchar(2)) => !INVALID_CAST_ARGUMENT
cast('abc' as integer) => !INVALID_CAST_ARGUMENT
cast('2024-02-30' as date) => !INVALID_CAST_ARGUMENT
cast(300 as tinyint) => !NUMERIC_VALUE_OUT_OF_RANGE
cast(nan() as bigint) => !INVALID_CAST_ARGUMENT
cast(12345.6 as decimal(4,1)) => !NUMERIC_VALUE_OUT_OF_RANGE
cast(array[1] as varchar) => !TYPE_MISMATCH
cast(date '2024-01-01' as integer) => !TYPE_MISMATCH
cast(json_parse('"x"') as varchar), cast(json_parse('12') as varchar), cast(json_parse('null') as varchar), cast(json_parse('7') as bigint) => 'x', '12', None, 7
cast(json_parse('{"a":1}') as varchar) => !INVALID_CAST_ARGUMENT
cast(array[1, 2] as array(double)), cast(row(1, 'a') as row(n integer, s varchar)).s => [1.0, 2.0], 'a'
# dates
year(d(1)), quarter(d(1)), month(d(1)), week(d(1)), week_of_year(d(1)), day(d(1)), day_of_month(d(1)) => 2024, 1, 1, 1, 1, 1, 1
day_of_week(date '2024-01-07'), dow(date '2024-01-07'), day_of_year(date '2024-12-31'), doy(d(1)) => 7, 7, 366, 1
year_of_week(date '2024-12-30'), yow(date '2024-12-30'), week(date '2024-12-30') => 2025, 2025, 1
hour(t(1)), minute(t(1)), second(t(1)), millisecond(t(1)), extract(dow from date '2024-01-07') => 5, 6, 7, 890, 7
date_add('day', 30, date '2026-11-01'), date_add('month', 1, date '2024-01-31'), date_add('week', -1, date '2024-01-08') => d(2026, 12, 1), d(2024, 2, 29), d(2024, 1, 1)
date_add('hour', 1, timestamp '2024-01-01 00:00:00'), date_add('millisecond', 5, timestamp '2024-01-01 00:00:00') => t(2024, 1, 1, 1), t(2024, 1, 1, 0, 0, 0, 5000)
date_add('hour', 1, date '2024-01-01') => !INVALID_FUNCTION_ARGUMENT
date_diff('day', timestamp '2024-01-01 23:00:00', timestamp '2024-01-02 01:00:00'), date_diff('day', date '2024-03-10', date '2024-03-01') => 0, -9
date_diff('month', date '2024-01-31', date '2024-02-29'), date_diff('month', date '2024-01-15', date '2024-03-14'), date_diff('year', date '2024-12-31', date '2025-01-01') => 1, 1, 0
date_diff('quarter', date '2024-01-01', date '2024-12-31'), date_diff('week', date '2024-01-01', date '2024-01-14') => 3, 1
date_diff('fortnight', date '2024-01-01', date '2024-01-14') => !INVALID_FUNCTION_ARGUMENT
date_trunc('month', date '2026-11-24'), date_trunc('week', date '2024-01-03'), date_trunc('hour', t(1)) => d(2026, 11, 1), d(2024, 1, 1), t(2024, 1, 1, 5)
date_format(t(1), '%Y-%m-%d %H:%i:%s|%M|%W|%c|%e|%k|%l|%h|%p|%j|%y|%b|%a|%T|%f|%v|%x|%%') => '2024-01-01 05:06:07|January|Monday|1|1|5|5|05|AM|001|24|Jan|Mon|05:06:07|890000|01|2024|%'
date_format(date '2024-12-30', '%x-%v'), date_format(d(1), '%d.%m.%Y') => '2025-01', '01.01.2024'
date_format(d(1), '%D') => !INVALID_FUNCTION_ARGUMENT
date_parse('2024-01-05 10:11:12', '%Y-%m-%d %H:%i:%s'), date_parse('5.1.2024', '%e.%c.%Y') => t(2024, 1, 5, 10, 11, 12), t(2024, 1, 5)
date_parse('2024-13-01', '%Y-%m-%d') => !INVALID_FUNCTION_ARGUMENT
date_parse('Jan', '%b') => elsewhere
date('2024-01-05'), date(t(1)), last_day_of_month(date '2024-02-01'), last_day_of_month(t(1)) => d(2024, 1, 5), d(2024, 1, 1), d(2024, 2, 29), d(2024, 1, 31)
from_iso8601_date('2024-01-05'), to_iso8601(d(1)), to_iso8601(t(1)) => d(2024, 1, 5), '2024-01-01', '2024-01-01T05:06:07.890'
from_iso8601_date('2024-W01-1') => elsewhere
from_unixtime(0), to_unixtime(timestamp '1970-01-02 00:00:00'), to_unixtime(from_unixtime(1.5e0)) => '1970-01-01 00:00:00.000 UTC', 86400.0, 1.5
current_date = date(now()), current_timestamp = now(), localtimestamp = cast(now() as timestamp), localtime is null, current_timezone() => True, True, True, False, 'UTC'
date '2024-01-31' + interval '1' month, date '2024-03-01' - interval '1' day, timestamp '2024-01-01 00:00:00' + interval '90' minute => d(2024, 2, 29), d(2024, 2, 29), t(2024, 1, 1, 1, 30)
date '2024-03-01' - date '2024-02-28', timestamp '2024-01-02 00:00:00' - timestamp '2024-01-01 23:00:00' => '2 00:00:00.000', '0 01:00:00.000'
interval '1' day + interval '2' hour, interval '14' month, 2 * interval '1' day, date '2024-01-01' < timestamp '2024-01-01 00:00:01' => '1 02:00:00.000', '1-2', '2 00:00:00.000', True
date '2024-01-01' + interval '1' hour => !INVALID_FUNCTION_ARGUMENT
date '2024-01-01' > '2024-01-01' => !TYPE_MISMATCH
date '2024-01-01' between '2024-01-01' and '2024-01-02' => !TYPE_MISMATCH
date '2024-01-01' + 1 => !TYPE_MISMATCH
at_timezone(now(), 'Europe/Zurich') => elsewhere
timestamp '2024-01-01 00:00:00 Europe/Zurich' => elsewhere
from_iso8601_timestamp('2024-01-02T03:04:05+02:00') => elsewhere
# arrays
array[1, 2][2], element_at(array[1, 2], 3), element_at(array[1, 2], -1), cardinality(array[1, null]) => 2, None, 2, 2
array[1, 2][3] => !INVALID_FUNCTION_ARGUMENT
array[1, 2][0] => !INVALID_FUNCTION_ARGUMENT
element_at(array[1], 0) => !INVALID_FUNCTION_ARGUMENT
contains(array[1, null], 2), contains(array[1, 2], 2), contains(array[1], 2), contains(array[1], null) => None, True, False, None
array_position(array[1, 2], 2), array_position(array[1], 9), array_position(array[1, null], null) => 2, 0, None
array_remove(array[1, null, 2], 2), array_distinct(array[1, null, 1, null]), array_sort(array[3, null, 1]) => [1, None], [1, None], [1, 3, None]
array_union(array[1, null], array[null, 2]), array_intersect(array[1, null, 1], array[null, 1]), array_except(array[1, null, 2], array[null]) => [1, None, 2], [1, None], [1, 2]
arrays_overlap(array[1], array[1, 2]), arrays_overlap(array[1, null], array[2]), arrays_overlap(array[1], array[2]) => True, None, False
array_max(array[1, 3]), array_max(array[1, null]), array_min(array[3, 1]), array_min(array[]) => 3, None, 1, None
array_join(array['a', null, 'b'], ','), array_join(array[1, null], '-', '?'), array_join(array[1.5e0, 2e0], ','), array_join(array[], ',') => 'a,b', '1-?', '1.5E0,2.0E0', ''
concat(array[1], array[2]), array[1] || 2, 1 || array[2], array[1] || array[2.5], flatten(array[array[1], null]) => [1, 2], [1, 2], [1, 2], [D('1.0'), D('2.5')], [1]
reverse(array[1, null]), repeat('a', 2), repeat(null, 1), repeat(1, 0) => [None, 1], ['a', 'a'], [None], []
repeat(1, -1) => !INVALID_FUNCTION_ARGUMENT
sequence(1, 3), sequence(3, 1), sequence(0, 10, 5), sequence(10, 0, -5), sequence(1, 1) => [1, 2, 3], [3, 2, 1], [0, 5, 10], [10, 5, 0], [1]
sequence(1, 3, -1) => !INVALID_FUNCTION_ARGUMENT
sequence(1, 3, 0) => !INVALID_FUNCTION_ARGUMENT
sequence(date '2024-01-01', date '2024-01-02'), sequence(date '2024-01-01', date '2024-01-04', interval '3' day) => [d(2024, 1, 1), d(2024, 1, 2)], [d(2024, 1, 1), d(2024, 1, 4)]
sequence(date '2024-01-01', date '2024-03-01', interval '1' month) => elsewhere
slice(array[1, 2, 3, 4], 2, 2), slice(array[1, 2, 3], -2, 2), slice(array[1], 5, 1), slice(array[1, 2], 1, 0) => [2, 3], [2, 3], [], []
slice(array[1], 0, 1) => !INVALID_FUNCTION_ARGUMENT
trim_array(array[1, 2, 3], 1), trim_array(array[1], 1) => [1, 2], []
trim_array(array[1], 2) => !INVALID_FUNCTION_ARGUMENT
filter(array[1, 2, null], n -> n > 1), transform(array[1, null], n -> n * 2), transform(array['a'], s -> s || cast(x as varchar)) => [2], [2, None], ['a3']
reduce(array[1, 2, 3], 0, (s, n) -> s + n, s -> s), reduce(array[], 5, (s, n) -> s, s -> s * 2) => 6, 10
any_match(array[1, 2], n -> n > 1), any_match(array[null, 1], n -> n > 1), all_match(array[], n -> n > 1), none_match(array[1], n -> n > 5) => True, None, True, True
zip_with(array[1], array[2, 3], (a, b) -> a + b), cardinality(zip(array[1], array['a', 'b'])) => [3, None], 2
zip(array[1], array['a'], array[true]) => [{'field0': 1, 'field1': 'a', 'field2': True}]
map(array['a'], array[1])['a'], element_at(map(array['a'], array[1]), 'z'), cardinality(map(array['a'], array[1])) => 1, None, 1
map_keys(map(array['a'], array[1])), map_values(map(array['a'], array[1])) => ['a'], [1]
map(array['a'], array[1])['z'] => !INVALID_FUNCTION_ARGUMENT
map(array['a', 'a'], array[1, 2]) => !INVALID_FUNCTION_ARGUMENT
row(1, 2) = row(1, 2), row(1, 2) < row(1, 3), array[1] = array[1], array[1] < array[2] => True, True, True, True
array[1, 'a'] => !TYPE_MISMATCH
# json
json_extract_scalar('{"a": {"b": "y"}}', '$.a.b'), json_extract_scalar('{"a": [1]}', '$.a'), json_extract_scalar('{"a": {}}', '$.a') => 'y', None, None
json_extract_scalar('no', '$.a'), json_extract_scalar('{"a": null}', '$.a'), json_extract_scalar('{"a": true}', '$.a'), json_extract_scalar('[1, 2]', '$[1]') => None, None, 'true', '2'
json_extract('{"a": "x"}', '$.a'), json_extract('{"a": [1]}', '$.a[0]'), json_extract('{"a": 1}', '$.z') => '"x"', '1', None
json_extract('{"a": 1}', '$..a') => elsewhere
json_extract_scalar('{"a": 1.50}', '$.a') => elsewhere
json_array_length('[1, 2]'), json_array_length('{}'), json_array_get('[1, 2]', 0), json_array_get('[1]', 5) => 2, None, '1', None
json_format(json_parse('{"a": 1}')), json_format(json_parse('[1, 2]')) => '{"a":1}', '[1,2]'
json_parse('{bad') => !INVALID_FUNCTION_ARGUMENT
json_format(json_parse('{"b": 1, "a": 2}')) => elsewhere
# other dialects
median(x) => !FUNCTION_NOT_FOUND
len('abc') => !FUNCTION_NOT_FOUND
nvl(1, 2) => !FUNCTION_NOT_FOUND
ifnull(1, 2) => !FUNCTION_NOT_FOUND
string_agg('a', ',') => !FUNCTION_NOT_FOUND
datediff('day', date '2024-01-01', date '2024-01-03') => !FUNCTION_NOT_FOUND
strftime(date '2024-01-01', '%Y') => !FUNCTION_NOT_FOUND
quantile_cont(x, 0.5) => !FUNCTION_NOT_FOUND
array_length(array[1]) => !FUNCTION_NOT_FOUND
list_contains(array[1], 1) => !FUNCTION_NOT_FOUND
[1, 2] => !SYNTAX_ERROR
1::integer => !SYNTAX_ERROR
1x => !SYNTAX_ERROR
nope => !COLUMN_NOT_FOUND
"$path" => elsewhere
approx_percentile(x, 0.5) => elsewhere
typeof(1) => elsewhere
format('%d', 1) => elsewhere
checksum(x) => elsewhere
"""

# Aggregates and window functions, over (o, x, g) = (1, 1, 'a'), (2, null, 'a'), (3, 3, 'b'), (4, 3, 'b').
OVER_ROWS = r"""
count(*), count(x), count(distinct x), count_if(x > 1), count(*) filter (where x > 1) => 4, 3, 2, 2, 2
sum(x), sum(distinct x), avg(x), min(x), max(x), sum(x) filter (where x > 9) => 7, 4, 7 / 3, 1, 3, None
sum(x * 1.5), avg(x * 0.5), avg(cast(x as real)) > 2, sum(cast(x as double)) => D('10.5'), D('1.2'), True, 7.0
max(o, 2), min(o, 2), min_by(g, x), max_by(o, x) in (3, 4), max_by(x, -o), min_by(x, -o) => [4, 3], [1, 2], 'a', True, 1, 3
arbitrary(x), any_value(x), array_agg(x order by o), array_agg(distinct g order by g), array_agg(x) filter (where x > 5) => 1, 1, [1, None, 3, 3], ['a', 'b'], None
bool_and(x > 0), every(x > 1), bool_or(x > 2) => True, False, True
stddev(o), stddev_samp(o), stddev_pop(o), variance(o), var_samp(o), var_pop(o) => 5 ** .5 / 3 ** .5, 5 ** .5 / 3 ** .5, 5 ** .5 / 2, 5 / 3, 5 / 3, 1.25
corr(o, o * 2), covar_pop(o, o), covar_samp(o, o), regr_slope(o * 2, o), regr_intercept(o + 1, o) => 1.0, 1.25, 5 / 3, 2.0, 1.0
skewness(o), kurtosis(o), skewness(o) filter (where o > 2), geometric_mean(x) => 0.0, -1.2, None, 9 ** (1 / 3)
approx_distinct(x), histogram(g), bitwise_and_agg(o), bitwise_or_agg(o) => 2, {'a': 2, 'b': 2}, 0, 7
listagg(g, ',') within group (order by o desc), listagg(g) within group (order by g) => 'b,b,a,a', 'aabb'
array_agg(x) filter (where x is null), count(distinct (x, g)) => [None], 3
sum(sum(x)) => !NESTED_AGGREGATION
row_number() => !MISSING_OVER
count(*) + length(g) => !EXPRESSION_NOT_AGGREGATE
sum(g) => !TYPE_MISMATCH
sum(count(*)) over () => 4
array_agg(row_number() over (order by o)) => elsewhere
"""
WINDOWS = r"""
row_number() over (order by x desc, o), rank() over (order by x), dense_rank() over (order by x) => [3, 1, 1], [4, 4, 3], [1, 2, 2], [2, 2, 2]
lag(x) over (order by o), lead(x, 2) over (order by o), lead(o, 1, 0) over (order by o) => [None, 3, 2], [1, 3, 3], [None, None, 4], [3, None, 0]
lag(x) ignore nulls over (order by o), first_value(x) over (order by o), last_value(x) over (order by o) => [None, 1, 1], [1, 1, None], [1, 1, 3], [3, 1, 3]
nth_value(x, 2) over (order by o rows between unbounded preceding and unbounded following), ntile(2) over (order by o), sum(o) over (partition by g order by o) => [None, 1, 1], [None, 1, 3], [None, 2, 3], [None, 2, 7]
percent_rank() over (order by o), cume_dist() over (order by o), sum(o) over (order by o rows 1 preceding) => [0.0, .25, 1], [1 / 3, .5, 3], [2 / 3, .75, 5], [1.0, 1.0, 7]
lead(o, 1, 0) over (order by o), lag(o, 1) over (order by o), lag(o, 1, 9) over (order by o) => [2, None, 9], [3, 1, 1], [4, 2, 2], [0, 3, 3]
"""
