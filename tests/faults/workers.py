"""Processes that run rows of the matrix and trust its certificates.

A process loads the certificates that it trusts once, so that they must be known before its first TLS connection.
"""

import gc
import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from .certificates import Certificates
from .runner import Mode, RowResult, modes, run
from .script import Row


@contextmanager
def workers(count: int) -> Iterator[ProcessPoolExecutor]:
    """Start processes for `run_row`, and end them with the block."""
    with (
        TemporaryDirectory() as folder,
        ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), _trust_authority, (Path(folder),)) as pool,
    ):
        yield pool


def run_row(row: Row, mode: Mode) -> RowResult:
    """Run a row in this process, which must be a worker."""
    return run(row, mode, _certificates())


def run_all_modes(row: Row) -> list[RowResult]:
    """Run a row sync, async and on the command line, in this process, which must be a worker."""
    return [run_row(row, mode) for mode in modes(row)]


def _trust_authority(folder: Path) -> None:
    """Make this process trust the authority, as a user does: with `SSL_CERT_FILE`."""
    file = folder / f"{os.getpid()}.pem"
    _certificates().authority.cert_pem.write_to_path(str(file))
    os.environ["SSL_CERT_FILE"] = str(file)
    gc.freeze()  # collecting garbage after every row leaves older objects out, to save time


@cache
def _certificates() -> Certificates:
    return Certificates()
