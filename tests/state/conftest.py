"""Fixtures for tests of connections."""

import pytest
import trustme

from tests.faults.certificates import Certificates


@pytest.fixture(scope="session")
def certificates(authority: trustme.CA) -> Certificates:
    return Certificates(authority)
