"""Attributes from the detector's feature maps, the rest as in ..._attr_crops.py.

python tools/train.py configs/toy/heads/mask-rcnn_r18_attr_maps.py \
    --cfg-options load_from=DETECTOR.pth
"""

_base_ = './mask-rcnn_r18_attr_crops.py'

channels = 64
model = dict(
    roi_head=dict(
        attr_branch=dict(
            crops=None,
            roi_extractor=dict(
                type='SingleRoIExtractor',
                roi_layer=dict(type='RoIAlign', output_size=14, sampling_ratio=0),
                out_channels=channels,
                featmap_strides=[4, 8, 16, 32],
            ),
            attr_head=dict(num_convs=2, conv_out_channels=128, mask_channel=True),
        )
    )
)
