"""The list of functions: what each of them does here, and which run on Athena only.

A function of neither list is unknown to Athena.
"""

from __future__ import annotations

from collections import defaultdict

from analytics.engine.functions import aggregates, arrays, dates, jsons, numbers, patterns, text
from analytics.engine.functions.model import Function

# By module, in the order of the documentation.
MODULES = {
    "Text": text.FUNCTIONS,
    "Regular expressions": patterns.FUNCTIONS,
    "Numbers": numbers.FUNCTIONS,
    "Dates and times": dates.FUNCTIONS,
    "Arrays, maps and lambdas": arrays.FUNCTIONS,
    "JSON": jsons.FUNCTIONS,
    "Aggregates and windows": aggregates.FUNCTIONS,
}


def _by_name() -> dict[str, tuple[Function, ...]]:
    found: dict[str, list[Function]] = defaultdict(list)
    for functions in MODULES.values():
        for one in functions:
            found[one.name].append(one)
    return {name: tuple(ones) for name, ones in found.items()}


FUNCTIONS = _by_name()
# Written as functions, but with rules of their own: analytics/engine/special.py.
SPECIAL = {
    "date": "As CAST(… AS date)",
    "coalesce": "Converted to one type",
    "grouping": "Of GROUPING SETS, ROLLUP and CUBE",
    "if": "Lazy, as CASE",
    "mod": "The operator %",
    "nullif": "",
    "row": "Fields without names",
    "try": "Null instead of a division by zero, a cast or a number that is out of range",
}
# Trino has more signatures of these than the list: others run on Athena only.
PARTIAL = frozenset(
    """
    approx_distinct array_join array_sort avg bit_count cardinality concat contains current_time
    current_timestamp date_add date_diff date_format date_trunc day day_of_month day_of_week
    day_of_year dow doy element_at from_unixtime greatest histogram hour json_array_get
    json_array_length json_extract json_extract_scalar last_day_of_month least length localtime
    localtimestamp lpad map max max_by millisecond min min_by minute month normalize quarter rand
    random regexp_replace reverse rpad second sequence substr substring sum to_base64 to_hex
    to_iso8601 to_unixtime to_utf8 truncate week week_of_year width_bucket year year_of_week yow
    zip
    """.split()
)
# Trino has them; here they are refused by name.
ELSEWHERE = frozenset(
    """
    approx_most_frequent approx_percentile approx_set array_first array_last array_histogram
    at_timezone bar beta_cdf bing_tile bing_tile_at bing_tile_coordinates bing_tile_polygon
    bing_tile_quadkey bing_tile_zoom_level bing_tiles_around bitwise_arithmetic_shift_right
    bitwise_left_shift bitwise_logical_shift_right bitwise_right_shift
    bitwise_right_shift_arithmetic bitwise_xor_agg
    cauchy_cdf char2hexint checksum classify color combinations contains_sequence
    convex_hull_agg cosine_distance cosine_similarity crc32 current_catalog current_groups
    current_schema current_time current_user date_diff_millis day_name dot_product dow_name entropy
    empty_approx_set evaluate_classifier_predictions euclidean_distance exclude_columns
    features format format_datetime format_number from_base32 from_base64 from_base64url
    from_big_endian_32 from_big_endian_64 from_encoded_polyline from_geojson_geometry from_hex
    from_ieee754_32 from_ieee754_64 from_iso8601_timestamp from_iso8601_timestamp_nanos
    from_unixtime_nanos from_utf8 geometry_from_hadoop_shape geometry_invalid_reason
    geometry_nearest_points geometry_to_bing_tiles geometry_union geometry_union_agg
    great_circle_distance hash_counts hmac_md5 hmac_sha1 hmac_sha256 hmac_sha512
    human_readable_seconds index intersection_cardinality inverse_beta_cdf inverse_normal_cdf
    is_json_scalar jaccard_index json_array json_array_contains json_exists json_object json_query
    json_size json_value laplace_cdf learn_classifier learn_libsvm_classifier
    learn_libsvm_regressor learn_regressor line_interpolate_point line_interpolate_points
    line_locate_point luhn_check make_set_digest map_agg map_concat map_entries map_filter
    map_from_entries map_union map_zip_with merge merge_set_digest multimap_agg
    multimap_from_entries murmur3 ngrams normal_cdf numeric_histogram objectid
    objectid_timestamp parse_data_size parse_datetime parse_duration parse_presto_data_size
    qdigest_agg quantile_at_value quantiles_at_values random_string reduce_agg regr_avgx regr_avgy
    regr_count regr_r2 regr_sxx regr_sxy regr_syy regress render rgb sha512 shuffle
    simplify_geometry soundex spatial_partitioning spatial_partitions split_to_map
    split_to_multimap spooky_hash_v2_32 spooky_hash_v2_64 st_area st_asbinary st_astext
    st_boundary st_buffer st_centroid st_contains st_convexhull st_coorddim st_crosses
    st_difference st_dimension st_disjoint st_distance st_endpoint st_envelope st_envelopeaspts
    st_equals st_exteriorring st_geometries st_geometryfromtext st_geometryn st_geometrytype
    st_geomfrombinary st_interiorringn st_interiorrings st_intersection st_intersects st_isclosed
    st_isempty st_isring st_issimple st_isvalid st_length st_linefromtext st_linestring
    st_multipoint st_numgeometries st_numinteriorring st_numpoints st_overlaps st_point st_pointn
    st_points st_polygon st_relate st_startpoint st_symdifference st_touches st_union st_within
    st_x st_xmax st_xmin st_y st_ymax st_ymin t_cdf t_pdf tdigest_agg timestamp_objectid
    timezone timezone_hour timezone_minute to_base32 to_base64url to_big_endian_32
    to_big_endian_64 to_char to_date to_encoded_polyline to_geojson_geometry to_geometry
    to_ieee754_32 to_ieee754_64 to_iso8601_nanos to_milliseconds to_spherical_geography
    to_timestamp transform_keys transform_values typeof url_extract_fragment url_extract_host
    url_extract_parameter url_extract_path url_extract_port url_extract_protocol
    url_extract_query uuid value_at_quantile values_at_quantiles wilson_interval_lower
    wilson_interval_upper with_timezone word_stem xxhash64 zip_columns
    array_sum array_average array_frequency array_duplicates array_has_duplicates ends_with
    array_intersection find_first find_first_index jarowinkler_similarity trail version
    """.split()
)
