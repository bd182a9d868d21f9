"""The paper's attribute heads: one or two FC layers, shared or per class."""

import torch
import torch.nn.functional as F
from mmdet.registry import MODELS
from mmengine.model import BaseModule
from torch import Tensor, nn

from ...datasets.taxonomy import NUM_ATTRIBUTES, NUM_CATEGORIES
from .attr_targets import multi_hot

NO_ATTR_CHOICES = ('negative', 'exclude')


@MODELS.register_module()
class FCAttrHead(BaseModule):
    """One FC layer, or hidden FC layers with ReLU and one FC layer, on RoI features.

    .. code-block:: none

        feats (N, C) -> [FC -> ReLU] x (num_fcs - 1) -> fc_attr -> logits (N, A)
                                                        |
                                      class_specific: K * A outputs, of which
                                      the A of each row's class are computed

    Letters: N rows (RoIs), C channels, K classes, A attributes.

    Any detector that has a feature vector and a class for each object can carry
    this head: ``forward(feats, labels)``, ``loss(logits, attr_labels)``.

    Args:
        in_channels (int): C.
        num_classes (int): K. Defaults to 46.
        num_attrs (int): A. Defaults to 294.
        num_fcs (int): FC layers in all, the output layer included: the paper
            has 1 and 2. Defaults to 2.
        fc_out_channels (int): Width of the hidden layers. Defaults to 1024.
        class_specific (bool): K * A outputs, and the row of the object's class
            counts (ground truth in training, predicted in testing); else A
            outputs for all classes. Defaults to True.
        no_attr (str): What objects without attributes add to the loss:
            'negative' (a true "none of the A") or 'exclude' (nothing).
        prior_prob (float): Initial score of every attribute, which keeps the
            first steps from being spent on 290 absent attributes per object.
        loss_attr (dict): A loss of mmdet's registry that takes (N, A) logits and
            targets, ``avg_factor`` included. It is averaged over all N * A
            outputs, as in the paper; ``loss_weight`` scales it.
        init_cfg (dict | list[dict], optional): Initialisation of the weights.

    Raises:
        ValueError: If ``num_fcs`` < 1 or ``no_attr`` is unknown.
    """

    def __init__(
        self,
        in_channels: int,
        num_classes: int = NUM_CATEGORIES,
        num_attrs: int = NUM_ATTRIBUTES,
        num_fcs: int = 2,
        fc_out_channels: int = 1024,
        class_specific: bool = True,
        no_attr: str = 'negative',
        prior_prob: float = 0.01,
        loss_attr: dict | None = None,
        init_cfg: dict | list[dict] | None = None,
    ) -> None:
        if num_fcs < 1:
            raise ValueError(f'num_fcs should be at least 1, got {num_fcs}')
        if no_attr not in NO_ATTR_CHOICES:
            raise ValueError(
                f'no_attr should be one of {NO_ATTR_CHOICES}, got {no_attr!r}'
            )
        super().__init__(init_cfg or _init_cfg(prior_prob))
        self.num_classes = num_classes
        self.num_attrs = num_attrs
        self.class_specific = class_specific
        self.no_attr = no_attr
        widths = [in_channels] + [fc_out_channels] * (num_fcs - 1)
        self.fcs = nn.ModuleList(
            nn.Linear(a, b) for a, b in zip(widths[:-1], widths[1:], strict=True)
        )
        outputs = num_attrs * num_classes if class_specific else num_attrs
        self.fc_attr = nn.Linear(widths[-1], outputs)
        self.loss_attr = MODELS.build(
            loss_attr or dict(type='CrossEntropyLoss', use_sigmoid=True)
        )

    def forward(self, feats: Tensor, labels: Tensor) -> Tensor:
        """Attribute logits of objects.

        Args:
            feats (Tensor): (N, C) features.
            labels (Tensor): (N,) int64 classes in 0..K-1.

        Returns:
            Tensor: (N, A) logits. With N = 0 its sum still reaches every
            parameter, which distributed training needs.
        """
        for fc in self.fcs:
            feats = F.relu(fc(feats))
        if not self.class_specific:
            return self.fc_attr(feats)
        return self._class_rows(feats, labels)

    def _class_rows(self, feats: Tensor, labels: Tensor) -> Tensor:
        """Each row through the A outputs of its own class, and no others.

        One small product per class that occurs: neither the (N, K, A) outputs
        nor a copy of the weights for each row ever exists.
        """
        weight = self.fc_attr.weight.view(self.num_classes, self.num_attrs, -1)
        bias = self.fc_attr.bias.view(self.num_classes, self.num_attrs)
        order = labels.argsort()
        classes, counts = labels[order].unique_consecutive(return_counts=True)
        # One gather for all classes: its gradient is one scatter, where a slice
        # per class would each make a zero tensor of the size of all weights.
        rows = zip(
            feats[order].split(counts.tolist()),
            weight[classes].unbind(),
            bias[classes].unbind(),
            strict=True,
        )
        logits = [F.linear(x, w, b) for x, w, b in rows]
        if not logits:
            untouched = feats.sum() + weight.sum() + bias.sum()
            return feats.new_zeros((0, self.num_attrs)) + untouched * 0
        return torch.cat(logits)[order.argsort()]

    def loss(self, logits: Tensor, attr_labels: Tensor) -> dict[str, Tensor]:
        """Loss of foreground objects.

        Args:
            logits (Tensor): (N, A) logits.
            attr_labels (Tensor): (N, S) int64, padded with A.

        Returns:
            dict[str, Tensor]: ``loss_attr``, a scalar; zero, but joined to every
            parameter, where no row counts.
        """
        targets = multi_hot(attr_labels, self.num_attrs)
        rows = logits
        if self.no_attr == 'exclude':
            keep = targets.any(dim=1)
            rows, targets = logits[keep], targets[keep]
        if len(targets) == 0:
            return dict(loss_attr=logits.sum() * 0)
        # float(): under AMP sums of thousands of half-precision terms overflow.
        loss = self.loss_attr(rows.float(), targets, avg_factor=targets.numel())
        return dict(loss_attr=loss)


def _init_cfg(prior_prob: float) -> list[dict]:
    output = dict(type='Normal', name='fc_attr', std=0.01, bias_prob=prior_prob)
    return [
        dict(type='Xavier', distribution='uniform', layer='Linear', override=output)
    ]
