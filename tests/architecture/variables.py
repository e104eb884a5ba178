"""The environment variables that a function needs, from its source: the settings that its handler can come to read.

Each name that code mentions is followed to its definition. What a wiring makes for one request in a thousand counts
as well; what it makes for other functions only does not.
"""

import ast
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_PACKAGES = ("shared", "personalization", "commerce", "communications", "knowledge_base", "identity")

type Definition = tuple[str, str]
"""A module and a name in it."""


def variables_read(handler_module: str) -> frozenset[str]:
    """The variables of all settings classes that are read in what the module leads to, and those read by name."""
    return _followed(handler_module)[0]


def modules_reached(handler_module: str) -> frozenset[str]:
    """Those of ours of which the module can come to use something, whenever it imports them."""
    return _followed(handler_module)[1]


@cache
def _followed(handler_module: str) -> tuple[frozenset[str], frozenset[str]]:
    """Variables and modules."""
    tree, found = _Source.of(handler_module).tree, set[str]()
    seen: set[Definition] = set()
    waiting: list[tuple[str, ast.AST]] = [(handler_module, tree)]
    while waiting:
        module, node = waiting.pop()
        source = _Source.of(module)
        found.update(source.variables(node))
        for definition in source.mentioned(node):
            if definition not in seen:
                seen.add(definition)
                waiting += _Source.of(definition[0]).defined(definition[1])
    return frozenset(found), frozenset(module for module, _ in seen)


class _Source:
    def __init__(self, module: str, path: Path) -> None:
        self._module = module
        self.tree = ast.parse(path.read_text())
        self._imports: dict[str, str] = {}
        for node in ast.walk(self.tree):  # also those within functions
            if isinstance(node, ast.ImportFrom) and node.module:
                self._imports |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}

    @staticmethod
    @cache
    def of(module: str) -> "_Source":
        spec = find_spec(module)
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError(module)
        return _Source(module, Path(spec.origin))

    def defined(self, name: str) -> Iterator[tuple[str, ast.AST]]:
        """The statements that define a name of the module, or of the one from which it imports the name."""
        if name in self._imports:
            module, _, original = self._imports[name].rpartition(".")
            if module.partition(".")[0] in _PACKAGES and not _is_module(self._imports[name]):
                yield from _Source.of(module).defined(original)
        for statement in self.tree.body:
            targets = getattr(statement, "targets", [getattr(statement, "target", None)])
            names = [getattr(statement, "name", None), *(getattr(target, "id", None) for target in targets)]
            if name in names:
                yield self._module, statement

    def mentioned(self, node: ast.AST) -> Iterator[Definition]:
        for path in self._paths(node):
            module, name = self._module, path
            first, _, rest = path.partition(".")
            if first in self._imports:
                imported = self._imports[first]
                if _is_module(imported):
                    module, name = imported, rest.partition(".")[0]
                else:
                    module, _, name = imported.rpartition(".")
            if module.partition(".")[0] in _PACKAGES and name:
                yield module, name.partition(".")[0]

    def variables(self, node: ast.AST) -> Iterator[str]:
        match node:
            case ast.ClassDef(bases=[ast.Name("Settings")], body=body):
                for field in body:
                    if isinstance(field, ast.AnnAssign):
                        yield _dotted(field.target).upper()
        for call in ast.walk(node):
            match call:
                case ast.Call(func=function, args=[ast.Constant(str(variable)), *_]):
                    if _dotted(function) == "os.environ.get":
                        yield variable

    def _paths(self, node: ast.AST) -> Iterator[str]:
        """The longest dotted names in code, without those in annotations, which nothing executes."""
        if dotted := _dotted(node):
            yield dotted
            return
        for field, value in ast.iter_fields(node):
            if field not in ("annotation", "returns"):
                for child in value if isinstance(value, list) else [value]:
                    if isinstance(child, ast.AST):
                        yield from self._paths(child)


def _dotted(node: ast.AST) -> str:
    match node:
        case ast.Name(name):
            return name
        case ast.Attribute(value, name) if dotted := _dotted(value):
            return f"{dotted}.{name}"
    return ""


@cache
def _is_module(name: str) -> bool:
    if name.partition(".")[0] not in _PACKAGES:
        return False
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # the parent is a module, not a package
        return False
