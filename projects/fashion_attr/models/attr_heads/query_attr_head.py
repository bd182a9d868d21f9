"""Label queries that look for attributes on a RoI's feature map."""

import torch
from mmdet.registry import MODELS
from torch import Tensor, nn

from ...datasets.taxonomy import ATTRIBUTES, NUM_ATTRIBUTES
from .base_attr_head import BaseAttrHead, Objects

GROUPINGS = ('attribute', 'supercategory')


@MODELS.register_module()
class QueryAttrHead(BaseAttrHead):
    """A learned query per attribute, or per group of them, with cross-attention.

    .. code-block:: none

        feats (N, C, h, w) -> 1x1 conv, + position -> tokens (N, h*w, D)
        queries (G, D) + class embedding (K, D) ----> decoder layers -> (N, G, D)
        logit of attribute a = <w_a, output of a's group> + b_a

    As in Query2Label (Liu et al. 2021, arXiv:2107.10834); the class of the object
    is added to each query, so that one decoder serves all classes.

    Args:
        in_channels (int): C.
        embed_dims (int): D.
        num_layers (int): Decoder layers.
        num_heads (int): Heads of the attention.
        queries (str): 'supercategory', one query for each group of the taxonomy
            (length, neckline, pattern, ...), or 'attribute', one for each.
        map_size (int): h and w, for the learned positions; other sizes are
            resized to.
        kwargs: As for BaseAttrHead, without ``class_specific`` and ``relation``.

    Raises:
        ValueError: If ``queries`` is unknown, or if groups of the taxonomy are
            asked for with another number of attributes than it has.
    """

    reads = 'map'

    def __init__(
        self,
        in_channels: int,
        embed_dims: int = 256,
        num_layers: int = 1,
        num_heads: int = 8,
        queries: str = 'supercategory',
        map_size: int = 7,
        **kwargs,
    ) -> None:
        super().__init__(embed_dims, class_specific=False, **kwargs)
        self.register_buffer('groups', _groups(queries, self.num_attrs), False)
        self.input_proj = nn.Conv2d(in_channels, embed_dims, 1)
        self.positions = nn.Parameter(torch.zeros(1, embed_dims, map_size, map_size))
        self.query_embed = nn.Embedding(int(self.groups.max()) + 1, embed_dims)
        self.class_embed = nn.Embedding(self.num_classes, embed_dims)
        self.layers = nn.ModuleList(
            nn.TransformerDecoderLayer(
                embed_dims, num_heads, 2 * embed_dims, dropout=0.1, batch_first=True
            )
            for _ in range(num_layers)
        )

    def embed(self, feats: Tensor, objects: Objects) -> Tensor:
        """(N, G, D) answers to the queries."""
        x = self.input_proj(feats)
        positions = nn.functional.interpolate(
            self.positions, x.shape[2:], mode='bilinear', align_corners=False
        )
        tokens = (x + positions).flatten(2).transpose(1, 2)
        classes = self.class_embed(objects.labels)[:, None]
        answers = self.query_embed.weight[None] + classes
        if len(answers) == 0:
            return answers + self._untouched(tokens)
        for layer in self.layers:
            answers = layer(answers, tokens)
        return answers

    def classify(self, embedding: Tensor, labels: Tensor) -> Tensor:
        """(N, A) logits, each attribute from the answer of its group."""
        of_attrs = embedding[:, self.groups]
        return (of_attrs * self.fc_attr.weight).sum(dim=2) + self.fc_attr.bias

    def summary(self, embedding: Tensor) -> Tensor:
        """(N, D) mean of all answers."""
        return embedding.mean(dim=1)

    def _untouched(self, tokens: Tensor) -> Tensor:
        """A zero that reaches what no object has passed through."""
        total = tokens.sum()
        for parameter in self.layers.parameters():
            total = total + parameter.sum()
        return total * 0


def _groups(queries: str, num_attrs: int) -> Tensor:
    """(A,) int64 query of each attribute."""
    if queries not in GROUPINGS:
        raise ValueError(f'queries should be one of {GROUPINGS}, got {queries!r}')
    if queries == 'attribute':
        return torch.arange(num_attrs)
    if num_attrs != NUM_ATTRIBUTES:
        raise ValueError(
            f'the taxonomy has {NUM_ATTRIBUTES} attributes, not {num_attrs}: take '
            "queries='attribute'"
        )
    names = sorted({a.supercategory for a in ATTRIBUTES})
    return torch.tensor([names.index(a.supercategory) for a in ATTRIBUTES])
