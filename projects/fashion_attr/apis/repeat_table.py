"""What repeat factors do to rare labels, as a table to choose thresholds by."""

import numpy as np

from ..datasets.samplers import RepeatFactorSampler

# Shares of the pictures between which labels are put together.
_EDGES = (0, 0.001, 0.01, 0.1, 1)


def repeat_table(sampler: RepeatFactorSampler) -> list[dict]:
    """How often labels are shown in an epoch, the rarest ones first.

    Args:
        sampler (RepeatFactorSampler): on the dataset and with the thresholds wanted.

    Returns:
        list[dict]: a row for the categories, and for the attributes, that at most so
        many of the pictures have: how many such labels there are, how many pictures
        one has and how often these are shown, both on average, and the quotient.
        Labels that no picture has are left out.
    """
    rows = []
    for kind, pairs in zip(('categories', 'attributes'), sampler.pairs, strict=True):
        pairs = pairs.once()
        count = np.bincount(pairs.labels, minlength=pairs.num_labels)
        shown = np.bincount(
            pairs.labels, sampler.factors[pairs.pictures], pairs.num_labels
        )
        for low, high in zip(_EDGES, _EDGES[1:], strict=False):
            share = count / pairs.num_pictures
            band = (share > low) & (share <= high)
            if band.any():
                rows.append(
                    {
                        'labels': f'{kind} of up to {high:.1%} of the pictures',
                        'number': int(band.sum()),
                        'pictures': float(count[band].mean()),
                        'shown': float(shown[band].mean()),
                        'shown / pictures': float(
                            shown[band].sum() / count[band].sum()
                        ),
                    }
                )
    return rows
