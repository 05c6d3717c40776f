"""An extension of griffe: a default that only the inside has a name for is shown as the value that it is."""

import re
from typing import Any

import griffe


class Defaults(griffe.Extension):
    """Puts the values of the constants of `settings` into signatures."""

    def on_function(self, *, func: griffe.Function, **_: Any) -> None:  # noqa: ANN401 whatever griffe passes
        """Look at the parameters of a function."""
        for parameter in func.parameters:
            if name := re.fullmatch(r"settings\.([A-Z_]+)", str(parameter.default)):
                parameter.default = repr(getattr(settings, name[1]))
