"""Modules of other packages that are imported at their first use, as `lazy import` of PEP 810 will do it.

For packages that take long to import and that many programs never need.
"""

import contextlib
import functools
import os
import threading
from importlib import import_module
from types import ModuleType
from typing import Any, Final

_MAX_FORK_DELAY: Final = 60.0
"""Seconds."""
_importing: Final = threading.RLock()
_acquired: Final[list[bool]] = []
"""Whether the thread that is forking holds the lock."""


class Deferred(ModuleType):
    """A module that is imported when one of its attributes is first read.

    Type checkers see the module itself:

        if TYPE_CHECKING:
            import httpx
        else:
            httpx = Deferred("httpx")

    The module is looked up once and kept. A test that replaces or clears `sys.modules` therefore cannot cause a second
    copy of it to be used, whose exceptions no `except` clause of the first copy catches.
    """

    def __init__(self, name: str) -> None:
        """Remember the module's full name, such as `dateutil.parser`, and import nothing."""
        super().__init__(name)
        self._module: ModuleType | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module or self.import_now(), name)

    def import_now(self) -> ModuleType:
        """Return the module, imported if it was not yet."""
        _let_forks_wait()
        with _importing:
            if self._module is None:
                self._module = import_module(self.__name__)
            return self._module


@functools.cache
def _let_forks_wait() -> None:
    """Let a fork wait while another thread imports: the child lacks that thread, and would wait for it forever."""
    # These have hooks of their own. Those registered later run earlier, and that of logging takes a lock that modules
    # need when they are imported; and Python does not expect that hooks are registered while a fork waits.
    with contextlib.suppress(RuntimeError):  # during shutdown, the interpreter refuses modules that register clean-up
        import_module("logging")
        import_module("concurrent.futures.thread")
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork)


def _before_fork() -> None:
    _acquired.append(_importing.acquire(timeout=_MAX_FORK_DELAY))


def _after_fork() -> None:
    if _acquired.pop():
        _importing.release()


def load(*modules: ModuleType) -> None:
    """Import those of these modules that are deferred, so that their later use cannot fail.

    Raises:
        ImportError: A module is missing or cannot be imported.
    """
    for module in modules:
        if isinstance(module, Deferred):
            module.import_now()
