"""Modules that are slow to import; they are loaded at the first call. All others are imported with `Mistral`."""

import contextlib
import functools
from types import ModuleType
from typing import TYPE_CHECKING, Final

from mistral_models_raw import deferred

from . import _json

if TYPE_CHECKING:
    import asyncio
    import datetime
    import email.utils as email_utils
    import http
    import ipaddress
    import logging
    import queue
    import random
    import socket
    import ssl
    import urllib.parse as urllib_parse
    import urllib.request as urllib_request  # noqa: TID251 for `_proxies`, which sends nothing
    from concurrent.futures import thread as thread_pools

    import httpcore
    import httpx
    from mistral_models_raw import decoding
    from mistral_models_raw.models import http_validation_error

    from . import models
else:
    asyncio = deferred.Deferred("asyncio")
    datetime = deferred.Deferred("datetime")
    decoding = deferred.Deferred("mistral_models_raw.decoding")
    email_utils = deferred.Deferred("email.utils")
    http = deferred.Deferred("http")
    http_validation_error = deferred.Deferred("mistral_models_raw.models.http_validation_error")
    httpcore = deferred.Deferred("httpcore")
    httpx = deferred.Deferred("httpx")
    ipaddress = deferred.Deferred("ipaddress")
    logging = deferred.Deferred("logging")
    models = deferred.Deferred("mistral_models.models")
    queue = deferred.Deferred("queue")
    random = deferred.Deferred("random")
    socket = deferred.Deferred("socket")
    ssl = deferred.Deferred("ssl")
    thread_pools = deferred.Deferred("concurrent.futures.thread")
    urllib_parse = deferred.Deferred("urllib.parse")
    urllib_request = deferred.Deferred("urllib.request")

__all__ = [
    "ASYNC_BACKEND",
    "asyncio",
    "datetime",
    "decoding",
    "email_utils",
    "http",
    "http_validation_error",
    "httpcore",
    "httpx",
    "ipaddress",
    "load",
    "logging",
    "models",
    "queue",
    "random",
    "socket",
    "ssl",
    "thread_pools",
    "urllib_parse",
    "urllib_request",
]


_IDNA: Final = deferred.Deferred("encodings.idna")
"""What Python imports to encode the first host name."""
ASYNC_BACKEND: Final = deferred.Deferred("anyio._backends._asyncio")
"""What httpcore imports when it first connects in asyncio."""


@functools.cache
def load(*others: ModuleType) -> None:
    """Import these modules and those above now, so that no import is left for later.

    A later import could fail and turn one error into another: the process is out of file descriptors, a test replaces
    `sys.modules`, or files are replaced under a running program. asyncio is left out: sync calls do without it, and
    async calls run in it.
    """
    deferred.load(datetime, email_utils, http, http_validation_error, httpcore, httpx, ipaddress, logging, models)
    deferred.load(queue, random, socket, ssl, urllib_parse, urllib_request, _IDNA, *decoding.DEFERRED, *others)
    with contextlib.suppress(RuntimeError):  # during shutdown, the interpreter refuses modules that register clean-up
        deferred.load(thread_pools)
    _json.load_fast_decoder()
