"""The proxy that an httpx client uses. To be replaced by `mistral_models._httpx_internals`."""

# pyright: reportPrivateUsage=false

from typing import Any

import httpx


def proxy_for(client: httpx.Client, url: str) -> str | None:
    """Return the URL of the proxy through which the client would send a request to `url`; None without a proxy.

    httpx has no public way to ask (https://github.com/encode/httpx/discussions/2970). Its connection pool keeps user
    name and password apart from the URL, so that they are not part of the result.
    """
    transport = client._transport_for_url(httpx.URL(url))  # noqa: SLF001 there is no public way
    proxy: Any = getattr(getattr(transport, "_pool", None), "_proxy_url", None)
    if proxy is None:
        return None
    host = proxy.host.decode()
    port = f":{proxy.port}" if proxy.port is not None else ""
    return f"{proxy.scheme.decode()}://{f'[{host}]' if ':' in host else host}{port}"
