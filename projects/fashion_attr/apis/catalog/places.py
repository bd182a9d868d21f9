"""Folders and files on this machine's disks and in object stores, by path or URI."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote
from uuid import uuid4

import pyarrow as pa
from pyarrow import fs

from projects.fashion_attr.datasets.whole_file import whole_file


@dataclass(frozen=True)
class Place:
    """A folder or a file.

    Attributes:
        filesystem: that it is in.
        path: as the file system wants it.
        name: as it was given, for people; without a password.
    """

    filesystem: fs.FileSystem
    path: str
    name: str

    @property
    def is_local(self) -> bool:
        """Whether it is on this machine's disks."""
        return isinstance(self.filesystem, fs.LocalFileSystem)

    def __truediv__(self, name: str) -> 'Place':
        """A file or folder below, whatever characters are in its name."""
        return replace(
            self,
            path=f'{self.path.rstrip("/")}/{name}',
            name=f'{self.name.rstrip("/")}/{name}',
        )

    @property
    def parent(self) -> 'Place':
        """The folder that it is in."""
        path, name = (text.rstrip('/') for text in (self.path, self.name))
        return replace(self, path=os.path.dirname(path), name=os.path.dirname(name))

    def kind(self) -> fs.FileType:
        """File, Directory or NotFound."""
        return self.filesystem.get_file_info(self.path).type

    def list(self) -> list[fs.FileInfo]:
        """What is in a folder, by name; nothing where there is no such folder."""
        selector = fs.FileSelector(self.path, allow_not_found=True)
        return sorted(self.filesystem.get_file_info(selector), key=lambda i: i.path)

    def read(self) -> bytes:
        """The content of a file.

        Raises:
            OSError: if it cannot be read.
        """
        with self.filesystem.open_input_stream(self.path) as file:
            return file.read()

    def make_folder(self) -> None:
        """Make it a folder, if it is none."""
        self.filesystem.create_dir(self.path, recursive=True)

    def remove(self) -> None:
        """Remove a file, or a folder with all that is in it, where there is one."""
        kind = self.kind()
        if kind == fs.FileType.Directory:
            self.filesystem.delete_dir(self.path)
        elif kind != fs.FileType.NotFound:
            self.filesystem.delete_file(self.path)

    @contextmanager
    def whole(self) -> Iterator[Path]:
        """Write a file that appears as a whole, or not at all.

        Yields:
            Path: of a local file to write; several processes have one each.
        """
        if self.is_local:
            mark = f'.{uuid4().hex}'
            with whole_file(Path(self.path), sync=True, mark=mark) as half:
                yield half
            return
        with tempfile.TemporaryDirectory() as folder:
            half = Path(folder, 'half')
            yield half
            # An object is there once its stream is closed.
            with (
                half.open('rb') as file,
                self.filesystem.open_output_stream(self.path) as stream,
            ):
                shutil.copyfileobj(file, stream)


def find_place(given: str | os.PathLike) -> Place:
    """Understand a path or URI.

    Args:
        given (str | os.PathLike): path; ``file://``; ``s3://``, ``gs://`` and what
            else pyarrow knows; any other that fsspec has a package for.

    Returns:
        Place: whether or not there is something.

    Raises:
        ValueError: if no such URI is known here, or its package is missing.
    """
    given = os.fspath(given)
    name = re.sub(r'//[^/@]*@', '//', given)
    if '://' not in given:
        return Place(fs.LocalFileSystem(), os.path.abspath(given), name)
    if given.startswith('file://'):
        return Place(fs.LocalFileSystem(), unquote(given.removeprefix('file://')), name)
    try:
        return Place(*fs.FileSystem.from_uri(given), name)
    except pa.ArrowInvalid as error:
        return _with_fsspec(given, name, error)


def _with_fsspec(given: str, name: str, problem: Exception) -> Place:
    try:
        import fsspec

        filesystem, path = fsspec.core.url_to_fs(given)
    except (ImportError, ValueError) as error:
        raise ValueError(f'{name} cannot be opened: {problem}; {error}') from error
    return Place(fs.PyFileSystem(fs.FSSpecHandler(filesystem)), path, name)
