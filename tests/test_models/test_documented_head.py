"""The head that docs/models.md shows works as it stands there."""

import re

import torch
from mmdet.registry import MODELS

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.models.attr_heads import Objects


def test_head_of_the_document(root):
    text = (root / 'docs/models.md').read_text(encoding='utf-8')
    (code,) = re.findall(r'```python\n(.*?MaxAttrHead.*?)```', text, re.DOTALL)
    assert len(code.splitlines()) < 30
    try:
        exec(compile(code, 'docs/models.md', 'exec'), {})
        head = MODELS.build(dict(type='MaxAttrHead', in_channels=8))
    finally:
        MODELS.module_dict.pop('MaxAttrHead', None)
    logits = head(torch.randn(2, 8, 7, 7), Objects(torch.tensor([0, 45])))
    loss = head.loss(logits, torch.tensor([[3, 294], [294, 294]]))['loss_attr']
    loss.backward()
    assert logits.shape == (2, 294)
    assert all(p.grad is not None for p in head.parameters())
