"""Valid and invalid TLS certificates of a certificate authority that exists during the tests only."""

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
    """TLS contexts for a server, by the defect of their certificates."""

    def __init__(self) -> None:
        self.authority = trustme.CA()
        past = datetime.datetime(2001, 1, 1, tzinfo=datetime.UTC)
        issued = {
            "valid": self.authority.issue_cert("localhost", "service.invalid"),
            "expired": self.authority.issue_cert("localhost", not_before=past, not_after=past.replace(year=2002)),
            "not yet valid": self.authority.issue_cert("localhost", not_before=past.replace(year=2098)),
            "of another host": self.authority.issue_cert("elsewhere.invalid"),
            "of an unknown authority": trustme.CA().issue_cert("localhost"),
        }
        self.contexts = {name: ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) for name in (*issued, "self-signed")}
        for name, leaf in issued.items():
            leaf.configure_cert(self.contexts[name])
        other = trustme.CA()  # a CA certificate is self-signed
        with other.cert_pem.tempfile() as public, other.private_key_pem.tempfile() as private:
            self.contexts["self-signed"].load_cert_chain(public, private)

    @contextmanager
    def trusted(self) -> Iterator[None]:
        """Make clients trust the authority, as a user does: with `SSL_CERT_FILE`."""
        with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
            file = Path(folder) / "authority.pem"
            self.authority.cert_pem.write_to_path(str(file))
            patch.setenv("SSL_CERT_FILE", str(file))
            forget_loaded()
            try:
                yield
            finally:
                forget_loaded()


def forget_loaded() -> None:
    """Make the next client load its trusted certificates; a process loads them once, and no public way repeats it."""
    _transport._ssl_context.cache_clear()
