"""Log which models came, went, or got a date of retirement since the last run: a job for cron.

Each run keeps what it saw in the file that it is given. A failure is logged, and the exit status is 1.

    15 6 * * * python examples/nightly_report.py /var/lib/models.json 2>> /var/log/models.log
"""

import json
import logging
import sys
from pathlib import Path

from mistral_models import Mistral
from mistral_models.errors import MistralError

log = logging.getLogger("nightly_report")


def current() -> dict[str, str | None]:
    """The end of each model by its id, None where it is not set."""
    with Mistral(retry_config=5, timeout_ms=300_000) as mistral:
        cards = mistral.models.list().data
    return {card.id: card.to_dict().get("deprecation") for card in cards if card.id}


def main(file: Path) -> int:
    """Compare with what the last run saw; returns the exit status."""
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
