"""Log which models are new, gone, or have another retirement date since the last run: a job for cron.

Each run saves the models to the file that you name. A failure is logged, and the exit code is 1.

    15 6 * * * python examples/nightly_report.py /var/lib/models.json 2>> /var/log/models.log
"""

import json
import logging
import sys
from pathlib import Path

from mistral_models import Mistral
from mistral_models.catalogue import Catalogue, Model
from mistral_models.errors import MistralError

log = logging.getLogger("nightly_report")


def label(model: Model) -> str:
    """Return what identifies a model: the id alone does not, because two base models can share it."""
    has_own_id = model.type == "fine-tuned" or model.name in {None, model.id}
    return model.id if has_own_id else f"{model.id} ({model.name})"


def current() -> dict[str, str | None]:
    """Return the retirement date of each model, or None if it has none."""
    with Mistral(retry_config=5, timeout_ms=300_000) as mistral:
        models = [model for model in Catalogue(mistral.models.list()) if model.ids]
    return {label(model): model.deprecation.date().isoformat() if model.deprecation else None for model in models}


def main(file: Path) -> int:
    """Compare the models with those of the last run, and return the exit code."""
    try:
        now = current()
        before = json.loads(file.read_text(encoding="utf-8")) if file.exists() else now
        for name in sorted(now.keys() | before.keys()):
            if name not in before:
                log.info("new: %s", name)
            elif name not in now:
                log.warning("gone: %s", name)
            elif now[name] != before[name]:
                log.warning("%s is retired on %s", name, now[name])
        file.write_text(json.dumps(now, indent=2), encoding="utf-8")
    except (MistralError, OSError, ValueError) as error:
        log.critical("no report: %s", error)
        return 1
    log.info("%d models", len(now))
    return 0


if __name__ == "__main__":
    # The client logs its retries at INFO, too.
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    sys.exit(main(Path(sys.argv[1])))
