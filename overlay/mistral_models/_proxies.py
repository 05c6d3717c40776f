"""Which proxy of the environment a request uses. Reads the environment, and does no other I/O.

The rules are those of httpx, so that what works there works here, with two differences: entries of NO_PROXY may be
networks and bracketed IPv6 addresses, and a setting that does not apply to the address of the request is not an error.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Final, NamedTuple

from ._deferred import httpx, ipaddress, urllib_request
from ._settings import EnvironmentVariableError

_SCHEMES: Final = ("http", "https", "socks5", "socks5h")
_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
_EXAMPLE: Final = "a proxy is set as in http://proxy.example.com:3128"


class Proxy:
    """A proxy; its `repr` has no user name and password.

    Args:
        url: The URL, as httpx takes it.
        variable: Where it is set, such as `HTTPS_PROXY`.
    """

    __slots__ = ("address", "url", "variable")

    def __init__(self, url: httpx.URL, variable: str) -> None:
        self.url: httpx.URL = url
        self.variable: str = variable
        host = f"[{url.host}]" if ":" in url.host else url.host
        self.address: str = f"{url.scheme}://{host}{'' if url.port is None else f':{url.port}'}"
        """Without user name and password, such as `http://proxy:3128`."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Proxy) and self.url == other.url

    def __hash__(self) -> int:
        return hash(self.url)

    def __repr__(self) -> str:
        return f"Proxy({self.address!r}, {self.variable!r})"


class _Pattern(NamedTuple):
    """Which URLs an entry of NO_PROXY, or a proxy variable, applies to."""

    scheme: str
    """Empty for all."""
    host: str
    """Empty or `*` for all. `*.example.com` means its subdomains, `*example.com` also the domain itself."""
    port: int | None

    def matches(self, url: httpx.URL) -> bool:
        """Return whether it applies to a URL."""
        if self.scheme not in {"", url.scheme} or self.port not in {None, url.port}:
            return False
        if self.host in {"", "*", url.host}:
            return True
        if self.host.startswith("*."):
            return url.host.endswith(self.host[1:])
        return self.host.startswith("*") and f".{url.host}".endswith(f".{self.host[1:]}")

    @property
    def specificity(self) -> tuple[bool, int, int]:
        """A sort key: of several patterns that match, the most specific one decides."""
        return self.port is not None, len(self.host) if self.host != "*" else 0, len(self.scheme)


class Proxies:
    """The proxies and exceptions of an environment.

    Args:
        settings: URLs by the scheme that they are for (`http`, `https`, `all`), and the exceptions under `no`.
        variables: Where the URLs come from, by scheme.
    """

    def __init__(self, settings: Mapping[str, str], variables: Mapping[str, str]) -> None:
        self._urls = {scheme: url for scheme in ("http", "https", "all") if (url := settings.get(scheme))}
        self._variables = variables
        entries = settings.get("no", "").split(",") if self._urls else []
        self._exceptions = [entry.strip() for entry in entries if entry.strip()]

    @classmethod
    def from_environment(cls) -> Proxies:
        """Read the environment; on macOS and Windows, the settings of the system if it has none."""
        return cls(urllib_request.getproxies(), {scheme: _source(scheme) for scheme in ("http", "https", "all")})

    def find(self, url: str) -> Proxy | None:
        """Return the proxy for a URL; None if the request goes straight to its host.

        Raises:
            EnvironmentVariableError: The proxy that is set for this URL cannot be used.
        """
        target = _parse(url) if self._urls and "*" not in self._exceptions else None
        if target is None:  # an error of the URL itself is found when the request is built
            return None
        rules: dict[_Pattern, str | None] = {
            _Pattern("" if scheme == "all" else scheme, "", None): scheme for scheme in self._urls
        }
        rules |= {pattern: None for entry in self._exceptions if (pattern := _pattern(entry, target))}
        ordered = sorted(rules, key=lambda pattern: pattern.specificity, reverse=True)
        scheme = next((rules[pattern] for pattern in ordered if pattern.matches(target)), None)
        return None if scheme is None else _proxy(self._urls[scheme], self._variables[scheme])


def _source(scheme: str) -> str:
    """Return the name of the environment variable that sets the proxy for a scheme, or `system settings`."""
    name = f"{scheme}_proxy"
    return next(filter(os.environ.get, (name, name.upper())), "system settings")


def _pattern(entry: str, target: httpx.URL) -> _Pattern | None:
    """Interpret an entry of NO_PROXY; None for one that applies to no URL, or not to this one."""
    if network := _network(entry.removeprefix("[").removesuffix("]")):
        address = _network(target.host)
        return _Pattern("", target.host, None) if address and _contains(network, address) else None
    url = _parse(entry if "://" in entry else f"all://{entry}")
    if url is None:
        return None
    is_exact = "://" in entry or entry.startswith("[") or entry.lower() == "localhost"
    return _Pattern("" if url.scheme == "all" else url.scheme, url.host if is_exact else f"*{url.host}", url.port)


def _parse(url: str) -> httpx.URL | None:
    try:
        parsed = httpx.URL(url)
        _ = parsed.host  # decodes IDNA
    except (httpx.InvalidURL, UnicodeError):
        return None
    return parsed


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _contains(
    network: ipaddress.IPv4Network | ipaddress.IPv6Network, address: ipaddress.IPv4Network | ipaddress.IPv6Network
) -> bool:
    return network.version == address.version and address.network_address in network


def _proxy(url: str, variable: str) -> Proxy:
    # No message shows the URL: it may contain a password.
    if "://" not in url:
        url = f"http://{url}"
    if url[0] in "\"'":
        raise EnvironmentVariableError(f"{variable} contains quotation marks; {_EXAMPLE}")
    scheme = _SCHEME.match(url)
    if scheme and scheme[1].lower() not in _SCHEMES:
        schemes = ", ".join(f"{name}://" for name in _SCHEMES)
        raise EnvironmentVariableError(f"{variable}: {scheme[1]}:// is not a supported kind of proxy; use {schemes}")
    parsed = _parse(url)
    if parsed is None or not parsed.host or not scheme:
        raise EnvironmentVariableError(f"{variable} is not the URL of a proxy; {_EXAMPLE}")
    if parsed.scheme.startswith("socks") and find_spec("socksio") is None:
        raise EnvironmentVariableError(f"{variable}: a SOCKS proxy needs another package: pip install 'httpx[socks]'")
    return Proxy(parsed, variable)
