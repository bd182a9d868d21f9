"""Feature maps on their way from the backbone to the heads."""

from collections.abc import Iterable

from torch import Tensor


class FeatureMaps(tuple):
    """A tuple of feature maps that knows the picture they were computed from.

    To mmdet's heads it is the tuple that they expect.

    Args:
        maps (Iterable[Tensor]): (B, C, h, w) of each level.
        picture (Tensor): (B, 3, H, W) network input.
    """

    picture: Tensor

    def __new__(cls, maps: Iterable[Tensor], picture: Tensor) -> 'FeatureMaps':
        self = super().__new__(cls, maps)
        self.picture = picture
        return self
