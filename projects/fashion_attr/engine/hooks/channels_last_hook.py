"""Tests a network in the layout that a CPU is fastest in."""

from mmdet.registry import HOOKS
from mmengine.hooks import Hook
from mmengine.runner import Runner

from ...models.memory_layout import lay_out_for_testing


@HOOKS.register_module()
class ChannelsLastHook(Hook):
    """Lays weights channels last before a test, see `lay_out_for_testing`.

    Not before a validation: training goes on with the same weights.
    """

    def before_test(self, runner: Runner) -> None:
        """Change the layout; on a GPU nothing is changed."""
        lay_out_for_testing(runner.model)
