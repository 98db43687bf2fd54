import pytest

from local.sagemaker.control.buckets import split


@pytest.mark.parametrize(
    ("uri", "bucket", "key"),
    [
        ("s3://bucket/a/b.tar.gz", "bucket", "a/b.tar.gz"),
        ("s3://bucket/a?b#c", "bucket", "a?b#c"),
        ("s3://bucket", "bucket", ""),
        ("s3://bucket/", "bucket", ""),
    ],
)
def test_names_are_split_into_bucket_and_key(uri: str, bucket: str, key: str) -> None:
    assert split(uri) == (bucket, key)
