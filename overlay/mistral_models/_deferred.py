"""Modules that take long to import and wait for the first call. Everything else is imported together with `Mistral`."""

import contextlib
import functools
from types import ModuleType
from typing import TYPE_CHECKING

from mistral_models_raw import decoding, deferred

from . import _json

if TYPE_CHECKING:
    import asyncio
    import email.utils as email_utils
    import ipaddress
    import queue
    import random
    import ssl
    import urllib.request as urllib_request  # noqa: TID251 for `_proxies`, which sends nothing
    from concurrent.futures import thread as thread_pools
    from http import cookiejar

    import httpcore
    import httpx
    from mistral_models_raw.models import http_validation_error

    from . import models
else:
    asyncio = deferred.Deferred("asyncio")
    cookiejar = deferred.Deferred("http.cookiejar")
    email_utils = deferred.Deferred("email.utils")
    http_validation_error = deferred.Deferred("mistral_models_raw.models.http_validation_error")
    httpcore = deferred.Deferred("httpcore")
    httpx = deferred.Deferred("httpx")
    ipaddress = deferred.Deferred("ipaddress")
    models = deferred.Deferred("mistral_models.models")
    queue = deferred.Deferred("queue")
    random = deferred.Deferred("random")
    ssl = deferred.Deferred("ssl")
    thread_pools = deferred.Deferred("concurrent.futures.thread")
    urllib_request = deferred.Deferred("urllib.request")

__all__ = [
    "asyncio",
    "cookiejar",
    "email_utils",
    "http_validation_error",
    "httpcore",
    "httpx",
    "ipaddress",
    "load",
    "models",
    "queue",
    "random",
    "ssl",
    "thread_pools",
    "urllib_request",
]


@functools.cache
def load(*others: ModuleType) -> None:
    """Import these modules and those above now, so that no import is left for later.

    A later import could fail and turn one error into another: no file descriptors are left, a test replaces
    `sys.modules`, or files are replaced under a running program. asyncio is left out: sync calls do without it, and
    async calls run in it.
    """
    deferred.load(cookiejar, email_utils, http_validation_error, httpcore, httpx, models, queue, random, ssl)
    deferred.load(ipaddress, urllib_request, *decoding.DEFERRED, *others)
    with contextlib.suppress(RuntimeError):  # the interpreter ends: it refuses modules that register clean-up
        deferred.load(thread_pools)
    _json.load_fast_decoder()
