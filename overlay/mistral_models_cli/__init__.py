"""The command line. Nothing of the library needs it, and it loads what it needs when a command runs."""

__version__ = "0.1.0"
"""That of the library with which it works."""
