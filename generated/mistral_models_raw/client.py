import ssl
from typing import Any, Self

import httpx
from attrs import define, evolve, field


@define
class Client:
    """The HTTP client and its settings, which the endpoint functions take as `client`

    Args:
        base_url: The URL that the paths of the endpoints are relative to.
        cookies, headers: Sent with every request.
        timeout, verify_ssl, follow_redirects: Passed to httpx.Client and httpx.AsyncClient.
        httpx_args: Further arguments for them.
        raise_on_unexpected_status: Raise errors.UnexpectedStatus for a status code that is not documented.
    """

    raise_on_unexpected_status: bool = field(default=False, kw_only=True)
    _base_url: str = field(alias="base_url")
    _cookies: dict[str, str] = field(factory=dict, kw_only=True, alias="cookies")
    _headers: dict[str, str] = field(factory=dict, kw_only=True, alias="headers")
    _timeout: httpx.Timeout | None = field(default=None, kw_only=True, alias="timeout")
    _verify_ssl: str | bool | ssl.SSLContext = field(default=True, kw_only=True, alias="verify_ssl")
    _follow_redirects: bool = field(default=False, kw_only=True, alias="follow_redirects")
    _httpx_args: dict[str, Any] = field(factory=dict, kw_only=True, alias="httpx_args")
    _client: httpx.Client | None = field(default=None, init=False)
    _async_client: httpx.AsyncClient | None = field(default=None, init=False)

    def _httpx_arguments(self) -> dict[str, Any]:
        return {
            "base_url": self._base_url,
            "cookies": self._cookies,
            "headers": self._headers,
            "timeout": self._timeout,
            "verify": self._verify_ssl,
            "follow_redirects": self._follow_redirects,
            **self._httpx_args,
        }

    def with_headers(self, headers: dict[str, str]) -> Self:
        """Return a copy with these headers added; an httpx client that is in use gets them too"""
        for client in filter(None, (self._client, self._async_client)):
            client.headers.update(headers)
        return evolve(self, headers={**self._headers, **headers})

    def with_cookies(self, cookies: dict[str, str]) -> Self:
        """Return a copy with these cookies added; an httpx client that is in use gets them too"""
        for client in filter(None, (self._client, self._async_client)):
            client.cookies.update(cookies)
        return evolve(self, cookies={**self._cookies, **cookies})

    def with_timeout(self, timeout: httpx.Timeout) -> Self:
        """Return a copy with this timeout; an httpx client that is in use gets it too"""
        for client in filter(None, (self._client, self._async_client)):
            client.timeout = timeout
        return evolve(self, timeout=timeout)

    def set_httpx_client(self, client: httpx.Client) -> Self:
        """Use this httpx client as it is: its own settings apply, not those of this object"""
        self._client = client
        return self

    def get_httpx_client(self) -> httpx.Client:
        """Return the httpx client, which is created at the first call unless one was set"""
        if self._client is None:
            self._client = httpx.Client(**self._httpx_arguments())
        return self._client

    def __enter__(self) -> Self:
        self.get_httpx_client().__enter__()
        return self

    def __exit__(self, *args: Any, **kwargs: Any) -> None:
        self.get_httpx_client().__exit__(*args, **kwargs)

    def set_async_httpx_client(self, async_client: httpx.AsyncClient) -> Self:
        """Use this httpx client as it is: its own settings apply, not those of this object"""
        self._async_client = async_client
        return self

    def get_async_httpx_client(self) -> httpx.AsyncClient:
        """Return the httpx client, which is created at the first call unless one was set"""
        if self._async_client is None:
            self._async_client = httpx.AsyncClient(**self._httpx_arguments())
        return self._async_client

    async def __aenter__(self) -> Self:
        await self.get_async_httpx_client().__aenter__()
        return self

    async def __aexit__(self, *args: Any, **kwargs: Any) -> None:
        await self.get_async_httpx_client().__aexit__(*args, **kwargs)


@define
class AuthenticatedClient(Client):
    """A client that sends the header `auth_header_name: prefix token`"""

    token: str
    prefix: str = "Bearer"
    auth_header_name: str = "Authorization"

    def _httpx_arguments(self) -> dict[str, Any]:
        token = f"{self.prefix} {self.token}" if self.prefix else self.token
        return {**super()._httpx_arguments(), "headers": {**self._headers, self.auth_header_name: token}}
