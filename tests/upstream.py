"""What upstream's last releases cannot do: tests by name, with the reason.

``requirements/upstream.txt`` has them; ``make test-upstream TESTS=tests`` runs all.
Each is a strict xfail there: one that passes after all fails until its line is gone.
"""

from importlib.metadata import PackageNotFoundError, version

CANNOT = {
    'tests/test_ops/test_choice.py::test_parts_of_mmdet_imported_before_get_the_ops': (
        'mmdet 3.3.0 imports only after this project, where mmcv is not compiled: it '
        'has no stubs for mmcv.ops'
    ),
    'tests/test_structures/test_run_length_masks.py::test_translate_both_ways': (
        "mmdet 3.3.0's bitmap masks, the oracle, know no direction 'both'"
    ),
}


def is_installed() -> bool:
    """Whether mmcv is upstream's and not its continuation's."""
    try:
        version('mmcv-lite')
    except PackageNotFoundError:
        return False
    return True
