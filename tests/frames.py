"""Which frames of a traceback belong to this package, wherever its files are."""

from types import FrameType

PACKAGES = {"mistral_models", "mistral_models_raw"}


def is_of_package(frame: FrameType) -> bool:
    """Tell by the module: the path of a clone, or of an unpacked source distribution, can contain the same words."""
    return str(frame.f_globals.get("__name__")).partition(".")[0] in PACKAGES
