"""Stops a training run whose flips would make left sleeves of right ones."""

from mmdet.registry import HOOKS
from mmengine.hooks import Hook
from mmengine.runner import Runner

from ...datasets.transforms.attr_random_flip import check_flips


@HOOKS.register_module()
class FlipCheckHook(Hook):
    """Looks through the training pipeline before the first step.

    Raises:
        ValueError: if it mirrors pictures while the dataset has categories or
            attributes that name a side.
    """

    def before_train(self, runner: Runner) -> None:
        """Check the dataset that is about to be trained on."""
        check_flips(runner.train_dataloader.dataset)
