"""Options of a plan as ``--cfg-options`` takes them."""

import argparse
from collections.abc import Mapping
from typing import Any

from mmengine.config import DictAction


def as_arguments(options: Mapping[str, Any]) -> list[str]:
    """``KEY=VALUE`` of each option.

    Args:
        options (Mapping[str, Any]): numbers, words, None, and lists or tuples of
            these, by dotted key.

    Returns:
        list[str]: to stand behind ``--cfg-options``.
    """
    return [f'{key}={_text(value)}' for key, value in options.items()]


def read_options(options: Any, where: str) -> dict[str, Any]:
    """Options of a plan as they come out of a command line.

    Args:
        options (Any): of a plan. Words that name a number or None, such as YAML's
            ``1e-4``, are taken for it.
        where (str): what an error begins with.

    Returns:
        dict[str, Any]: by dotted key.

    Raises:
        ValueError: naming the option that would come out as another one.
    """
    if not isinstance(options, dict):
        raise ValueError(f'{where}: key options: should be a mapping, got {options!r}')
    return {key: _read(key, value, where) for key, value in options.items()}


def _read(key: Any, value: Any, where: str) -> Any:
    parser = argparse.ArgumentParser()
    parser.add_argument('--options', nargs='+', action=DictAction)
    read = {}
    if isinstance(key, str) and '=' not in key:
        words = ['--options', *as_arguments({key: value})]
        read = parser.parse_args(words).options
    same = read == {key: value}
    named = isinstance(value, str) and not isinstance(read.get(key), str | list | tuple)
    if not read or not (same or named):
        raise ValueError(
            f'{where}: key options: {key}={value!r} cannot be said on a command line; '
            'inherit a config that says it'
        )
    return read[key]


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        left, right = '[]' if isinstance(value, list) else '()'
        return left + ','.join(map(_text, value)) + right
    return str(value)
