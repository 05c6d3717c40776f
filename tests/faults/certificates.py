"""Valid and invalid TLS certificates of a certificate authority that exists during the tests only."""

import datetime
import ssl

import trustme


class Certificates:
    """TLS contexts for a server, by the defect of their certificates.

    Args:
        authority: The certificate authority that clients trust; a new one by default.
    """

    def __init__(self, authority: trustme.CA | None = None) -> None:
        self.authority = authority or trustme.CA()
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
