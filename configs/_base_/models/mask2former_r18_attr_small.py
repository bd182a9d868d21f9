"""Mask2Former R-18, narrow, trained from scratch: small enough for a CPU."""

_base_ = './mask2former_r50_attr.py'

channels = 64
attention = dict(embed_dims=channels, num_heads=4)
model = dict(
    backbone=dict(
        depth=18,
        base_channels=32,
        # From scratch: batch norm learns its statistics.
        norm_cfg=dict(requires_grad=True),
        norm_eval=False,
    ),
    panoptic_head=dict(
        in_channels=[32, 64, 128, 256],
        feat_channels=channels,
        out_channels=channels,
        num_queries=30,
        pixel_decoder=dict(
            norm_cfg=dict(num_groups=8),
            encoder=dict(
                num_layers=2,
                layer_cfg=dict(
                    self_attn_cfg=attention,
                    ffn_cfg=dict(embed_dims=channels, feedforward_channels=128),
                ),
            ),
            positional_encoding=dict(num_feats=channels // 2),
        ),
        positional_encoding=dict(num_feats=channels // 2),
        transformer_decoder=dict(
            num_layers=3,
            layer_cfg=dict(
                self_attn_cfg=attention,
                cross_attn_cfg=attention,
                ffn_cfg=dict(embed_dims=channels, feedforward_channels=256),
            ),
        ),
        attr_head=dict(
            fc_out_channels=256, loss_attr=dict(alpha=0.5, loss_weight=100.0)
        ),
    ),
    train_cfg=dict(num_points=1024),
    test_cfg=dict(max_per_image=30),
)
