"""What all attribute heads have in common: outputs, loss and scores."""

from abc import ABCMeta, abstractmethod
from typing import NamedTuple

import torch
from mmdet.registry import MODELS
from mmengine.model import BaseModule
from torch import Tensor, nn

from ...datasets.taxonomy import NUM_ATTRIBUTES, NUM_CATEGORIES
from .allowed_pairs import AllowedPairs
from .attr_targets import multi_hot
from .class_linear import ClassLinear
from .expected_f1 import relative_to_best_threshold

NO_ATTR_CHOICES = ('negative', 'exclude')


class Objects(NamedTuple):
    """What is known of N objects beside their features; a head takes what it needs."""

    labels: Tensor  # (N,) int64 classes: ground truth in training, else predicted
    boxes: Tensor | None = None  # (N, 4) xyxy in pixels of the network's input
    pictures: Tensor | None = None  # (N,) int64 picture of the batch
    masks: Tensor | None = None  # (N, h, w) probability of the object in its box


class BaseAttrHead(BaseModule, metaclass=ABCMeta):
    """Features and classes in, attribute logits out.

    .. code-block:: none

        feats -> embed (of the head) -> [relation] -> fc_attr -> logits (N, A)
                                                 \\-> [fc_presence] -> one more

    Letters: N objects, C channels, K classes, A attributes, D embedding width.

    A head of one's own implements ``embed`` and says in ``reads`` whether it wants
    a feature vector (N, C) or a feature map (N, C, h, w) of each object.

    Args:
        embed_dims (int): D, what ``embed`` gives.
        num_classes (int): K. Defaults to 46.
        num_attrs (int): A. Defaults to 294.
        class_specific (bool): K * A outputs, and the row of the object's class
            counts; else A outputs for all classes. Defaults to True.
        no_attr (str): What objects without attributes add to the loss:
            'negative' (a true "none of the A") or 'exclude' (nothing).
        presence (float): Weight of the loss of one more output, "has attributes at
            all", which learns from every object and is multiplied into the scores;
            0 for none. Goes with ``no_attr='exclude'``.
        pairs (str, optional): Annotation file: attributes that never occur with a
            class in it get no score with that class and no loss. It is read when
            training starts; checkpoints hold the result.
        expected_f1 (bool): Whether scores are shifted, object by object, so that a
            threshold of .5 promises the highest F1. For losses whose scores are
            probabilities, as of BCE. Not with ``presence``, which says that an
            object has no attributes at all by lowering all of its scores.
        relation (dict, optional): A registered relation between the objects of a
            picture, such as ``ObjectRelation``; its ``dims`` and ``num_classes`` are
            filled in here.
        prior_prob (float): Initial score of every attribute, which keeps the
            first steps from being spent on 290 absent attributes per object.
        loss_attr (dict): A loss of the registry that takes (N, A) logits and
            targets, ``avg_factor`` included. It is averaged over all N * A
            outputs, as in the paper; ``loss_weight`` scales it.
        init_cfg (dict | list[dict], optional): Initialisation of the weights.

    Raises:
        ValueError: If ``no_attr`` is unknown, ``presence`` negative, or both
            ``presence`` and ``expected_f1`` asked for.
    """

    reads = 'vector'

    def __init__(
        self,
        embed_dims: int,
        num_classes: int = NUM_CATEGORIES,
        num_attrs: int = NUM_ATTRIBUTES,
        class_specific: bool = True,
        no_attr: str = 'negative',
        presence: float = 0.0,
        pairs: str | None = None,
        expected_f1: bool = False,
        relation: dict | None = None,
        prior_prob: float = 0.01,
        loss_attr: dict | None = None,
        init_cfg: dict | list[dict] | None = None,
    ) -> None:
        if no_attr not in NO_ATTR_CHOICES:
            raise ValueError(
                f'no_attr should be one of {NO_ATTR_CHOICES}, got {no_attr!r}'
            )
        if presence < 0:
            raise ValueError(f'presence should be 0 or more, got {presence}')
        if expected_f1 and presence:
            raise ValueError('expected_f1 would undo the presence output: take one')
        super().__init__(init_cfg or _init_cfg(prior_prob))
        self.num_classes = num_classes
        self.num_attrs = num_attrs
        self.class_specific = class_specific
        self.no_attr = no_attr
        self.presence = presence
        self.expected_f1 = expected_f1
        self.fc_attr = (
            ClassLinear(embed_dims, num_classes, num_attrs)
            if class_specific
            else nn.Linear(embed_dims, num_attrs)
        )
        self.fc_presence = nn.Linear(embed_dims, 1) if presence else None
        self.relation = relation and MODELS.build(
            dict(relation, dims=embed_dims, num_classes=num_classes)
        )
        self.pairs = pairs and AllowedPairs(pairs, num_classes, num_attrs)
        self.loss_attr = MODELS.build(
            loss_attr or dict(type='CrossEntropyLoss', use_sigmoid=True)
        )

    @abstractmethod
    def embed(self, feats: Tensor, objects: Objects) -> Tensor:
        """(N, D) embedding of (N, C) or (N, C, h, w) features, as ``reads`` says."""

    def forward(self, feats: Tensor, objects: Objects) -> Tensor:
        """Attribute logits of objects.

        Args:
            feats (Tensor): (N, C) or (N, C, h, w) features.
            objects (Objects): What else is known of them.

        Returns:
            Tensor: (N, A) logits, and one more column where there is a presence
            output. With N = 0 its sum still reaches every parameter, which
            distributed training needs.
        """
        embedding = self.embed(feats, objects)
        if self.relation is not None:
            embedding = self.relation(embedding, objects)
        logits = self.classify(embedding, objects.labels)
        if self.pairs is not None:
            logits = self.pairs(logits, objects.labels)
        if self.fc_presence is None:
            return logits
        presence = self.fc_presence(self.summary(embedding))
        return torch.cat([logits, presence], dim=1)

    def classify(self, embedding: Tensor, labels: Tensor) -> Tensor:
        """(N, A) logits of an (N, D) embedding."""
        if self.class_specific:
            return self.fc_attr(embedding, labels)
        return self.fc_attr(embedding)

    def summary(self, embedding: Tensor) -> Tensor:
        """(N, D) of the embedding, for the presence output."""
        return embedding

    def scores(self, logits: Tensor) -> Tensor:
        """(N, A) attribute scores in 0..1 of the logits of ``forward``."""
        scores = logits.float().sigmoid()
        if self.expected_f1:
            return relative_to_best_threshold(scores)
        if self.fc_presence is None:
            return scores
        return scores[:, : self.num_attrs] * scores[:, self.num_attrs :]

    def loss(self, logits: Tensor, attr_labels: Tensor) -> dict[str, Tensor]:
        """Loss of foreground objects.

        Args:
            logits (Tensor): (N, A) or (N, A + 1), see ``forward``.
            attr_labels (Tensor): (N, S) int64, padded with A.

        Returns:
            dict[str, Tensor]: ``loss_attr``, a scalar, and ``loss_presence`` where
            there is that output; zero, but joined to every parameter, where no row
            counts.
        """
        targets = multi_hot(attr_labels, self.num_attrs)
        attrs = logits[:, : self.num_attrs]
        losses = dict(loss_attr=self._attr_loss(attrs, targets))
        if self.fc_presence is not None:
            losses['loss_presence'] = self._presence_loss(logits[:, -1], targets)
        return losses

    def learns_from(self, attr_labels: Tensor) -> Tensor:
        """Objects that the loss depends on; the others need not be read at all.

        Args:
            attr_labels (Tensor): (N, S) padded attributes.

        Returns:
            Tensor: (N,) bool.
        """
        has_attrs = (attr_labels < self.num_attrs).any(dim=1)
        alone = self.relation is None and self.fc_presence is None
        if self.no_attr == 'exclude' and alone:
            return has_attrs
        return torch.ones_like(has_attrs)

    def _attr_loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        rows = logits
        if self.no_attr == 'exclude':
            keep = targets.any(dim=1)
            rows, targets = logits[keep], targets[keep]
        if len(targets) == 0:
            return logits.sum() * 0
        # float(): under AMP sums of thousands of half-precision terms overflow.
        return self.loss_attr(rows.float(), targets, avg_factor=targets.numel())

    def _presence_loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        wanted = targets.any(dim=1).float()
        loss = nn.functional.binary_cross_entropy_with_logits(
            logits.float(), wanted, reduction='sum'
        )
        return self.presence * loss / max(len(wanted), 1)


def _init_cfg(prior_prob: float) -> list[dict]:
    output = dict(type='Normal', name='fc_attr', std=0.01, bias_prob=prior_prob)
    return [
        dict(type='Xavier', distribution='uniform', layer='Linear', override=output)
    ]
