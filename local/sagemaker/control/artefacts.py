"""Fetches model artefacts from S3 and unpacks each into its own folder."""

from __future__ import annotations

from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from common.archives import unpack
from local.sagemaker.control.buckets import Aws
from local.sagemaker.control.store import Document


def fetch(aws: Aws, container: Document, place: Path) -> Path:
    """A new folder in `place` with the files of a container's model.

    Raises:
        OSError, EOFError, tarfile.TarError: there is no artefact, or it is corrupt or not safe.
        one of buckets.TROUBLE: S3 rejected the request, or does not respond.
    """
    source = container.get("ModelDataSource", {}).get("S3DataSource", {})
    uri = container.get("ModelDataUrl") or source.get("S3Uri")
    if not uri:
        raise FileNotFoundError("the model has no artefact")
    place.mkdir(parents=True, exist_ok=True)
    folder = Path(mkdtemp(dir=place))
    try:
        is_packed = source.get("CompressionType", "Gzip") == "Gzip"
        _fill(aws, uri, folder, is_packed=is_packed)
    except BaseException:
        rmtree(folder, ignore_errors=True)
        raise
    return folder


def _fill(aws: Aws, uri: str, folder: Path, *, is_packed: bool) -> None:
    packed = folder / ".fetched"
    files = aws.fetch(uri, packed if is_packed else folder)
    if not files:
        raise FileNotFoundError(f"could not find model data at {uri}")
    if is_packed:
        unpack(files[0], folder)
        rmtree(packed)
