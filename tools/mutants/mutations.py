"""The small changes that a source file can have."""

import ast
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
}
_LARGE = 1000
"""Larger numbers are limits, which may as well be larger by one."""
_ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "/",
    ast.Div: "*",
    ast.BitAnd: "|",
    ast.BitOr: "&",
}


class Mutation(NamedTuple):
    """One change of a source file."""

    line: int
    text: str
    """That line."""
    before: str
    after: str
    source: str
    """The complete changed source."""
    number: int = 1
    """Counts the mutations of the file with the same description."""

    @property
    def description(self) -> str:
        """Say what changes, without the line number, which other changes of the file would move."""
        before, after = " ".join(self.before.split()), " ".join(self.after.split())
        place = "" if before == self.text else f" in {self.text}"
        return f"{before} → {after}{place}{f' ({self.number})' if self.number > 1 else ''}"


def mutations(source: str) -> Iterator[Mutation]:
    """Yield the mutations of a source file, from top to bottom.

    Annotations, docstrings and what only type checkers see are left as they are.
    """
    tree, lines = ast.parse(source), source.splitlines()
    numbers: Counter[str] = Counter()
    found = sorted(_visit(tree), key=lambda each: (each[0].lineno, each[0].col_offset))
    for node, replacement in found:
        start, end = _span(source, node)
        changed = source[:start] + replacement + source[end:]
        try:
            ast.parse(changed)
        except SyntaxError:  # a part of an f-string, for example
            continue
        mutation = Mutation(node.lineno, lines[node.lineno - 1].strip(), source[start:end], replacement, changed)
        numbers[mutation.description] += 1
        yield mutation._replace(number=numbers[mutation.description])


_Located = ast.expr | ast.stmt


def _visit(node: ast.AST) -> Iterator[tuple[_Located, str]]:
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        for statement in node.orelse:
            yield from _visit(statement)
        return
    if isinstance(node, ast.expr | ast.stmt):
        yield from ((node, text) for text in _replacements(node))
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "type_params", "bases"} or isinstance(
            node, ast.JoinedStr
        ):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _visit(child)


def _replacements(node: _Located) -> Iterator[str]:
    match node:
        case ast.Compare(ops=[operator]) if type(operator) in _COMPARISONS:
            left, right = ast.unparse(node.left), ast.unparse(node.comparators[0])
            yield f"({left} {_COMPARISONS[type(operator)]} {right})"
        case ast.BoolOp():
            other = " and " if isinstance(node.op, ast.Or) else " or "
            yield f"({other.join(f'({ast.unparse(value)})' for value in node.values)})"
        case ast.UnaryOp(op=ast.Not()):
            yield f"({ast.unparse(node.operand)})"
        case ast.BinOp() if type(node.op) in _ARITHMETIC:
            yield f"({ast.unparse(node.left)} {_ARITHMETIC[type(node.op)]} {ast.unparse(node.right)})"
        case ast.Constant(value=bool(value)):
            yield str(not value)
        case ast.Constant(value=int(number)) if number < _LARGE:
            yield str(number + 1)
        case ast.IfExp():
            yield f"({ast.unparse(node.body)})"
            yield f"({ast.unparse(node.orelse)})"
        case ast.Return(value=ast.expr() as result) if not _is_none_or_false(result):
            yield "return None"
        case ast.Raise() | ast.AugAssign() | ast.Expr(value=ast.Call() | ast.Await()):
            yield "pass"
        case ast.Assign(targets=[ast.Attribute()]):
            yield "pass"
        case _:
            return


def _is_none_or_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not node.value


def _span(source: str, node: _Located) -> tuple[int, int]:
    """Return where a node begins and ends in the source, in characters."""
    lines = source.splitlines(keepends=True)
    assert node.end_lineno is not None
    assert node.end_col_offset is not None

    def offset(line: int, column: int) -> int:
        return sum(map(len, lines[: line - 1])) + len(lines[line - 1].encode()[:column].decode())

    return offset(node.lineno, node.col_offset), offset(node.end_lineno, node.end_col_offset)
