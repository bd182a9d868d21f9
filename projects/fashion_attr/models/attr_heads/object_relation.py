"""Garments of one picture look at each other: the sleeve tells the top's."""

import torch
from mmdet.registry import MODELS
from mmdet.structures.bbox import bbox_overlaps
from mmengine.model import BaseModule
from torch import Tensor, nn

from .base_attr_head import Objects

_EDGES = 6


@MODELS.register_module()
class ObjectRelation(BaseModule):
    """Self-attention among the objects of a picture, biased by how they lie.

    .. code-block:: none

        embedding (N, D) + class -> q, k, v
        bias of i looking at j: MLP of their overlap (IoU, share of i in j, share
        of j in i), offset and relative size
        embedding + gate * attention (none between pictures)

    After the relation module of Hu et al. 2018 (arXiv:1711.11575), with overlap in
    place of distance, since a part lies upon its garment.

    Args:
        dims (int): D.
        num_classes (int): K.
        num_heads (int): Heads of the attention, which divide D.
        init_cfg (dict, optional): Initialisation of the weights.
    """

    def __init__(
        self,
        dims: int,
        num_classes: int = 46,
        num_heads: int = 8,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        self.num_heads = num_heads
        self.class_embed = nn.Embedding(num_classes, dims)
        self.qkv = nn.Linear(dims, 3 * dims)
        self.edge_bias = nn.Sequential(
            nn.Linear(_EDGES, 32), nn.ReLU(), nn.Linear(32, num_heads)
        )
        self.out = nn.Linear(dims, dims)
        # Nothing is added at first: training starts from the head without relation.
        self.gate = nn.Parameter(torch.zeros(dims))

    def forward(self, embedding: Tensor, objects: Objects) -> Tensor:
        """Embeddings that know of the other objects.

        Args:
            embedding (Tensor): (N, D).
            objects (Objects): With boxes and pictures.

        Returns:
            Tensor: (N, D).

        Raises:
            ValueError: If the detector does not tell boxes and pictures.
        """
        if objects.boxes is None or objects.pictures is None:
            raise ValueError(
                'ObjectRelation needs boxes and pictures of the objects: read '
                'attributes with BoxAttrBranch'
            )
        if len(embedding) == 0:
            return embedding + self._untouched(embedding)
        x = embedding + self.class_embed(objects.labels)
        q, k, v = (self._heads(part) for part in self.qkv(x).chunk(3, dim=1))
        bias = self.edge_bias(edges(objects.boxes).to(x)).permute(2, 0, 1)
        apart = objects.pictures[:, None] != objects.pictures[None]
        bias = bias.masked_fill(apart, float('-inf'))
        seen = nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=bias)
        return embedding + self.gate * self.out(seen.transpose(0, 1).flatten(1))

    def _untouched(self, like: Tensor) -> Tensor:
        """A zero that reaches every parameter, which distributed training needs."""
        return sum(p.sum() for p in self.parameters()).to(like) * 0

    def _heads(self, x: Tensor) -> Tensor:
        """(N, D) as (heads, N, D / heads)."""
        width = x.shape[1] // self.num_heads
        return x.view(len(x), self.num_heads, width).transpose(0, 1)


def edges(boxes: Tensor) -> Tensor:
    """How each pair of boxes lies.

    Args:
        boxes (Tensor): (N, 4) xyxy.

    Returns:
        Tensor: (N, N, 6): IoU, share of i within j, share of j within i, offset of j
        from i in x and y by the size of i, and the log of their relative size.
    """
    size = (boxes[:, 2:] - boxes[:, :2]).clamp(min=1)
    center = (boxes[:, :2] + boxes[:, 2:]) / 2
    offset = (center[None] - center[:, None]) / size[:, None]
    area = size.prod(dim=1)
    within = bbox_overlaps(boxes, boxes, mode='iof')
    return torch.cat(
        [
            bbox_overlaps(boxes, boxes)[..., None],
            within[..., None],
            within.T[..., None],
            offset.clamp(-3, 3),
            (area[None] / area[:, None]).log()[..., None],
        ],
        dim=-1,
    )
