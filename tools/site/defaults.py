"""A griffe extension that shows the values of constants in signatures instead of their private names."""

import re
from typing import Any

import griffe
from mistral_models import _settings


class Defaults(griffe.Extension):
    """Replaces the constants of `_settings` in the defaults of parameters by their values."""

    def on_function(self, *, func: griffe.Function, **_: Any) -> None:  # noqa: ANN401 the base class's signature
        """Replace the defaults of a function's parameters."""
        for parameter in func.parameters:
            if match := re.fullmatch(r"_settings\.([A-Z_]+)", str(parameter.default)):
                parameter.default = repr(getattr(_settings, match[1]))
