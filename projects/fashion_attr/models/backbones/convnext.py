"""ConvNeXt, with the names of mmpretrain's weights, but without mmpretrain."""

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from mmcv.cnn.bricks import DropPath
from mmdet.registry import MODELS
from mmengine.model import BaseModule
from torch import Tensor, nn

# Blocks and channels of each of the four stages (Liu et al. 2022, section 3).
ARCHS = dict(
    tiny=((3, 3, 9, 3), (96, 192, 384, 768)),
    small=((3, 3, 27, 3), (96, 192, 384, 768)),
    base=((3, 3, 27, 3), (128, 256, 512, 1024)),
    large=((3, 3, 27, 3), (192, 384, 768, 1536)),
)


@MODELS.register_module()
class ConvNeXt(BaseModule):
    """A ConvNet for the 2020s (Liu et al. 2022, arXiv:2201.03545), four feature maps.

    .. code-block:: none

        (B, 3, H, W) -> 4x4 conv /4, LN -> stage 0 -> LN norm0 -> (B, C0, H/4, W/4)
                        LN, 2x2 conv /2 -> stage 1 -> LN norm1 -> (B, C1, H/8, W/8)
                        ...
        a stage is several ConvNeXtBlock

    mmdet's configs take it from mmpretrain, which needs packages that nothing else
    here needs. Weights have the same names: checkpoints of mmpretrain's ConvNeXt and
    of mmdet's detectors with it load, and mmdet's
    ``LearningRateDecayOptimizerConstructor`` knows the layers.

    Args:
        arch (str | dict): 'tiny', 'small', 'base', 'large', or ``depths`` and
            ``channels`` of the stages.
        out_indices (Sequence[int]): Stages whose feature maps are wanted.
        drop_path_rate (float): Chance in 0..1 that a block is skipped in training,
            for the last block; it grows from 0 with depth.
        layer_scale_init_value (float): Initial scale of what each block adds; mmdet
            trains detectors with 1.
        init_cfg (dict | list[dict], optional): Initialisation of the weights.

    Raises:
        ValueError: If ``arch`` is unknown.
    """

    def __init__(
        self,
        arch: str | dict = 'tiny',
        out_indices: Sequence[int] = (0, 1, 2, 3),
        drop_path_rate: float = 0.0,
        layer_scale_init_value: float = 1e-6,
        init_cfg: dict | list[dict] | None = None,
    ) -> None:
        super().__init__(init_cfg or _init_cfg())
        depths, channels = _sizes(arch)
        self.out_indices = tuple(out_indices)
        rates = iter(np.linspace(0, drop_path_rate, sum(depths)).tolist())
        self.downsample_layers = nn.ModuleList()
        self.stages = nn.ModuleList()
        for i, width in enumerate(channels):
            self.downsample_layers.append(
                _downsample(channels[i - 1] if i else 0, width)
            )
            blocks = [
                ConvNeXtBlock(width, next(rates), layer_scale_init_value)
                for _ in range(depths[i])
            ]
            self.stages.append(nn.Sequential(*blocks))
            if i in self.out_indices:
                self.add_module(f'norm{i}', ChannelNorm(width))

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """Feature maps of ``out_indices``, at 1/4 to 1/32 of (B, 3, H, W)."""
        outs = []
        for i, stage in enumerate(self.stages):
            x = stage(self.downsample_layers[i](x))
            if i in self.out_indices:
                outs.append(getattr(self, f'norm{i}')(x))
        return tuple(outs)


class ConvNeXtBlock(nn.Module):
    """7x7 depthwise conv -> LN -> FC x 4 -> GELU -> FC, scaled and added.

    Args:
        channels (int): C.
        drop_path_rate (float): Chance that it is skipped in training.
        scale (float): Initial scale of what is added.
    """

    def __init__(self, channels: int, drop_path_rate: float, scale: float) -> None:
        super().__init__()
        self.depthwise_conv = nn.Conv2d(
            channels, channels, 7, padding=3, groups=channels
        )
        self.norm = nn.LayerNorm(channels, eps=1e-6)
        self.pointwise_conv1 = nn.Linear(channels, 4 * channels)
        self.pointwise_conv2 = nn.Linear(4 * channels, channels)
        self.gamma = nn.Parameter(torch.full((channels,), float(scale)))
        self.drop_path = DropPath(drop_path_rate)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, h, w) of the same."""
        added = self.depthwise_conv(x).permute(0, 2, 3, 1)
        added = F.gelu(self.pointwise_conv1(self.norm(added)))
        added = self.pointwise_conv2(added) * self.gamma
        return x + self.drop_path(added.permute(0, 3, 1, 2))


class ChannelNorm(nn.LayerNorm):
    """Layer norm over the channels of (B, C, h, w) at each place.

    Args:
        channels (int): C.
    """

    def __init__(self, channels: int) -> None:
        super().__init__(channels, eps=1e-6)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, h, w) of the same."""
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2).contiguous()


def _downsample(before: int, after: int) -> nn.Sequential:
    """The stem, where there is nothing before; else a step to half the size."""
    if not before:
        return nn.Sequential(nn.Conv2d(3, after, 4, stride=4), ChannelNorm(after))
    return nn.Sequential(ChannelNorm(before), nn.Conv2d(before, after, 2, stride=2))


def _sizes(arch: str | dict) -> tuple[Sequence[int], Sequence[int]]:
    if isinstance(arch, dict):
        return arch['depths'], arch['channels']
    if arch not in ARCHS:
        raise ValueError(
            f'arch should be one of {", ".join(ARCHS)} or a dict of depths and '
            f'channels, got {arch!r}'
        )
    return ARCHS[arch]


def _init_cfg() -> list[dict]:
    # As published: truncated normal with zero bias.
    return [dict(type='TruncNormal', layer=['Conv2d', 'Linear'], std=0.02, bias=0.0)]
