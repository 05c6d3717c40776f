"""Modules of other packages that are imported at their first use, as `lazy import` of PEP 810 will do it.

For packages that take long to import and that many programs never need.
"""

from importlib import import_module
from types import ModuleType
from typing import Any


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
        # This needs no lock: the import system has one, and threads that arrive here together receive the same module.
        if self._module is None:
            self._module = import_module(self.__name__)
        return self._module


def load(*modules: ModuleType) -> None:
    """Import those of these modules that are deferred, so that their later use cannot fail.

    Raises:
        ImportError: A module is missing or cannot be imported.
    """
    for module in modules:
        if isinstance(module, Deferred):
            module.import_now()
