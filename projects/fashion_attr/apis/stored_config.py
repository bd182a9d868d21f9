"""The configs that a checkpoint holds as text: mmengine runs them as Python."""

import ast
from collections.abc import Iterator
from importlib import import_module
from typing import Any

# Where mmengine puts them, and this project.
_PLACES = (
    ('message_hub', 'runtime_info', 'cfg'),
    ('meta', 'cfg'),
    ('meta', 'config'),
    ('config',),  # of a batch whose loss was not finite
)
_DATA = (
    ast.Module,
    ast.Assign,
    ast.Name,
    ast.Store,
    ast.Load,
    ast.Constant,
    ast.Dict,
    ast.List,
    ast.Tuple,
    ast.Set,
    ast.Call,
    ast.keyword,
    ast.UnaryOp,
    ast.USub,
    ast.UAdd,
)
_BUILDERS = ('dict', 'set', 'float')
# Keys whose value mmengine looks up, in a registry or else as an object.
_LOOKED_UP = ('type', 'constructor', 'runner_type')


def check_stored_configs(checkpoint: Any, name: str, error: type[Exception]) -> None:
    """Refuse a checkpoint whose config is more than data.

    Args:
        checkpoint (Any): as read; anything but a dict of mmengine holds no config.
        name (str): file, for the error.
        error (type[Exception]): what to raise.

    Raises:
        error: naming the file, the line of its config and what stands there.
    """
    for place in _PLACES:
        text = checkpoint
        for key in place:
            text = text.get(key) if isinstance(text, dict) else None
        if isinstance(text, str):
            fault = code_in(text)
            if fault:
                raise error(
                    f'{name} is refused: the config in it ({".".join(place)}) is more '
                    f'than data: {fault}. Give a config of your own and keep the '
                    "weights alone: torch.save(checkpoint['state_dict'], FILE)"
                )


def code_in(text: str) -> str | None:
    """What in a config's text would run, were it read.

    ``Config.pretty_text`` writes assignments of numbers, texts, lists and ``dict(...)``
    alone. A ``type`` with dots is looked up as a Python object (``'os.system'``), so
    what is allowed is ``scope.Name`` where the scope's package has no such attribute,
    that is, where only the registry can know it.

    Args:
        text (str): Python source.

    Returns:
        str | None: in words, the first such thing; None if there is none.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return f'no Python that can be read ({error})'
    if '{{' in text:
        return 'a variable {{ }} to be filled in'
    for node in ast.walk(tree):
        fault = _fault(node)
        if fault:
            return f'line {getattr(node, "lineno", "?")} has {fault}'
    return next((f'type {t!r}' for t in _types(tree) if _is_object(t)), None)


def _fault(node: ast.AST) -> str | None:
    if not isinstance(node, _DATA):
        return f'{type(node).__name__}, which is code'
    if isinstance(node, ast.Call):
        called = node.func.id if isinstance(node.func, ast.Name) else 'a method'
        if called not in _BUILDERS or (called == 'dict' and node.args):
            return f'a call of {called} that no dump of a config has'
    if isinstance(node, ast.Name):
        if node.id == '_base_':
            return 'a base (_base_), which is another file'
        if isinstance(node.ctx, ast.Load) and node.id not in _BUILDERS:
            return f'the variable {node.id}'
    return None


def _types(tree: ast.AST) -> Iterator[str]:
    """The values of every key that is looked up, in ``dict(...)`` or a literal."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in _LOOKED_UP:
            yield from _text(node.value)
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value in _LOOKED_UP:
                    yield from _text(value)


def _text(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def _is_object(type_: str) -> bool:
    scope, _, name = type_.partition('.')
    if not name:
        return False
    if '.' in name or scope not in ('mmengine', 'mmcv', 'mmdet'):
        return True
    return hasattr(import_module(scope), name)
