"""A linear layer with outputs of its own for each class."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class ClassLinear(nn.Linear):
    """K linear layers in one, of which each row passes through that of its class.

    Letters: N rows, C channels, K classes, A outputs.

    Args:
        in_features (int): C.
        num_classes (int): K.
        num_outputs (int): A.
    """

    def __init__(self, in_features: int, num_classes: int, num_outputs: int) -> None:
        super().__init__(in_features, num_classes * num_outputs)
        self.num_classes = num_classes
        self.num_outputs = num_outputs

    def forward(self, feats: Tensor, labels: Tensor) -> Tensor:
        """Each row through the A outputs of its own class, and no others.

        One small product per class that occurs: neither the (N, K, A) outputs
        nor a copy of the weights for each row ever exists.

        Args:
            feats (Tensor): (N, C) features.
            labels (Tensor): (N,) int64 classes in 0..K-1.

        Returns:
            Tensor: (N, A). With N = 0 its sum still reaches every parameter,
            which distributed training needs.
        """
        weight = self.weight.view(self.num_classes, self.num_outputs, -1)
        bias = self.bias.view(self.num_classes, self.num_outputs)
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
        outputs = [F.linear(x, w, b) for x, w, b in rows]
        if not outputs:
            untouched = feats.sum() + weight.sum() + bias.sum()
            return feats.new_zeros((0, self.num_outputs)) + untouched * 0
        return torch.cat(outputs)[order.argsort()]
