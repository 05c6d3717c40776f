"""Certificates of an authority that lives as long as the tests, good ones and others."""

import datetime
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import trustme
from mistral_models import _transport


class Certificates:
    """Contexts for a server by what is the matter with their certificates."""

    def __init__(self) -> None:
        self.authority = trustme.CA()
        past = datetime.datetime(2001, 1, 1, tzinfo=datetime.UTC)
        issued = {
            "good": self.authority.issue_cert("localhost", "service.invalid"),
            "expired": self.authority.issue_cert("localhost", not_before=past, not_after=past.replace(year=2002)),
            "not yet valid": self.authority.issue_cert("localhost", not_before=past.replace(year=2098)),
            "of another host": self.authority.issue_cert("elsewhere.invalid"),
            "of an unknown authority": trustme.CA().issue_cert("localhost"),
        }
        self.contexts = {name: ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) for name in (*issued, "self-signed")}
        for name, leaf in issued.items():
            leaf.configure_cert(self.contexts[name])
        alone = trustme.CA()  # whose own certificate is self-signed
        with alone.cert_pem.tempfile() as public, alone.private_key_pem.tempfile() as private:
            self.contexts["self-signed"].load_cert_chain(public, private)

    @contextmanager
    def trusted(self) -> Iterator[None]:
        """Let clients trust the authority, as a user does: with `SSL_CERT_FILE`."""
        with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
            file = Path(folder) / "authority.pem"
            self.authority.cert_pem.write_to_path(str(file))
            patch.setenv("SSL_CERT_FILE", str(file))
            # What a process trusts is read once; what other tests trust is read anew after them.
            _transport._ssl_context.cache_clear()
            try:
                yield
            finally:
                _transport._ssl_context.cache_clear()
