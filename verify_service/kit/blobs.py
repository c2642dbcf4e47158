"""Sealed blobs in any object store: a local folder by default, S3 by URL. The store only ever sees ciphertext."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.exceptions import NotFoundError as StoreNotFoundError
from obstore.store import LocalStore, ObjectStore, from_url


class BlobError(Exception):
    """A blob cannot be read or written."""


class BlobMissing(BlobError):
    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(f"there is no blob at {path}")


class BlobExists(BlobError):
    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(f"there already is a blob at {path}")


class Blobs:
    """Blobs by path. Nothing is ever overwritten."""

    def __init__(self, store: ObjectStore, *, part_bytes: int = 5 * 1024 * 1024, folder: Path | None = None) -> None:
        self._store, self._part_bytes, self._folder = store, part_bytes, folder

    @classmethod
    def in_folder(cls, folder: Path) -> Blobs:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # A folder takes parts of any size, so that a hundred uploads at once need little memory; S3 wants 5 MiB.
        return cls(LocalStore(folder), part_bytes=256 * 1024, folder=folder)

    @classmethod
    def at_url(cls, url: str) -> Blobs:
        return cls(from_url(url))

    def put(self, path: str, content: bytes) -> None:
        """Store a small blob at once. Raises BlobExists."""
        try:
            obstore.put(self._store, path, content, mode="create")
        except AlreadyExistsError as error:
            raise BlobExists(path) from error

    async def put_stream(self, path: str, chunks: AsyncIterator[bytes]) -> None:
        """Store a blob while it arrives; if `chunks` raises, nothing is left under `path`. The path must be unique."""
        await obstore.put_async(self._store, path, chunks, chunk_size=self._part_bytes, max_concurrency=2)

    def get(self, path: str) -> bytes:
        """Raises BlobMissing."""
        try:
            return bytes(obstore.get(self._store, path).bytes())
        except (StoreNotFoundError, FileNotFoundError) as error:
            raise BlobMissing(path) from error

    def delete(self, path: str) -> None:
        """Deleting what is not there is no error: a sweep may come twice."""
        try:
            obstore.delete(self._store, path)
        except (StoreNotFoundError, FileNotFoundError):
            return

    def paths_before(self, prefix: str, moment: datetime) -> list[str]:
        """The paths under a prefix that were last written before a moment."""
        listed = obstore.list(self._store, prefix)
        return [item["path"] for batch in listed for item in batch if item["last_modified"] < moment]

    def delete_torn_before(self, prefix: str, moment: datetime) -> int:
        """Delete what streams left whose process was killed, last written before a moment. Returns their number.

        A folder keeps an unfinished blob as `<path>#<number>`, which `paths_before` does not list. In S3 it is an incomplete
        multipart upload, which the bucket's own lifecycle rule ends (AbortIncompleteMultipartUpload).
        """
        if self._folder is None:
            return 0
        count = 0
        for path in (self._folder / prefix).rglob("*#*"):
            with suppress(FileNotFoundError):  # it was finished, or given up, just now
                if path.stat().st_mtime < moment.timestamp():
                    path.unlink()
                    count += 1
        return count
