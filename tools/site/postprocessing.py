"""Changes of the rendered HTML for narrow screens: where code may break, and tables whose rows become cards."""

import html as escapes
import re
from typing import Final

_LONGEST_UNBROKEN: Final = 36
"""The length of code that fits into a line of text on a phone."""


def keep_code_together(html: str) -> str:
    """Keep short code on one line; break longer code only between words, and long names only at `_` and capitals."""
    inline = r"(?<!<pre>)(?<!<pre><span></span>)<code>([^<]+)</code>"
    return re.sub(inline, lambda match: f"<code{_breakable(match[1])}</code>", html)


def _breakable(code: str) -> str:
    if long_names := re.findall(r"\w{26,}", code):
        for name in long_names:
            code = code.replace(name, re.sub(r"(?<=[a-z]_)(?=\w)|(?<=[a-z])(?=[A-Z])", "<wbr>", name))
        return f">{code}"
    if len(escapes.unescape(code)) <= _LONGEST_UNBROKEN:
        return ' class="unbroken">' + re.sub(r"(?<=[\w/][./])(?=\w)", "<wbr>", code)  # for narrow cells
    return ">" + re.sub(r"(?<!\S)(?=\S*-)\S{1,30}(?!\S)", r'<span class="unbroken">\g<0></span>', code)


def label_cells(html: str) -> str:
    """Give each cell of a table with three or more columns the heading of its column, which phones show before it."""
    return re.sub(r"<table>.*?</table>", lambda table: _labelled(table[0]), html, flags=re.DOTALL)


def _labelled(table: str) -> str:
    headings = [
        escapes.escape(re.sub(r"<[^>]+>", "", cell)) for cell in re.findall(r"<th[^>]*>(.*?)</th>", table, re.DOTALL)
    ]
    if len(headings) < 3:
        return table

    def label_row(row: re.Match[str]) -> str:
        labels = iter(headings)
        return re.sub(r"<td", lambda _: f'<td data-label="{next(labels)}"', row[0])

    return re.sub(r"<tr>.*?</tr>", label_row, table, flags=re.DOTALL)
