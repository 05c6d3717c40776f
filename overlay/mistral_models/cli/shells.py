"""How shells talk to the program when they complete: click's ways for zsh and fish, and one of our own for bash.

To bash a colon ends a word, and the id of every fine-tuned model has some. So the line is read as it was typed, and
what bash takes for earlier words is cut off the suggestions.
"""

import os
from typing import Final

from click.shell_completion import (
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
    split_arg_string,
)

VARIABLE: Final = "_MISTRAL_MODELS_COMPLETE"
"""Where a shell says that it wants suggestions."""

_BASH: Final = """\
%(complete_func)s() {
    local line="${COMP_LINE:0:COMP_POINT}" kind value word before=""
    word="${line##*[[:space:]]}"
    [[ $COMP_WORDBREAKS == *:* && $word == *:* ]] && before="${word%%:*}:"
    COMPREPLY=()
    while IFS=, read -r kind value; do
        case $kind in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain) COMPREPLY+=("${value#"$before"}") ;;
        esac
    done < <(COMP_WORDS="$line" %(complete_var)s=bash_complete %(prog_name)s)
}
complete -o nosort -F %(complete_func)s %(prog_name)s 2>/dev/null || complete -F %(complete_func)s %(prog_name)s
"""


class Bash(ShellComplete):
    """Completion in bash, 3.2 or newer."""

    name = "bash"
    source_template = _BASH

    def get_completion_args(self) -> tuple[list[str], str]:
        """Split what was typed so far into words before the cursor's, and that word."""
        line = os.environ.get("COMP_WORDS", "")
        words = split_arg_string(line)[1:]
        return (words, "") if not words or line[-1].isspace() else (words[:-1], words[-1])

    def format_completion(self, item: CompletionItem) -> str:
        """Write a suggestion as the script reads it."""
        return f"{item.type},{item.value}"


def shells() -> dict[str, type[ShellComplete]]:
    """List the shells by name, and have click know them."""
    add_completion_class(Bash)
    return {"bash": Bash, "zsh": ZshComplete, "fish": FishComplete}
