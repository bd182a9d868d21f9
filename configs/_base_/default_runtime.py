"""What every run shares: the plugin, its visualiser and its hooks."""

_base_ = 'mmdet::_base_/default_runtime.py'
custom_imports = dict(imports=['projects.fashion_attr.plugin'])

# An attribute is named where its score reaches this (the paper's Fig. 7 and 8).
attr_score_thr = 0.4

default_hooks = dict(
    checkpoint=dict(max_keep_ckpts=2, backend_args=dict(backend='whole_file')),
    visualization=dict(type='AttrVisualizationHook'),
)
custom_hooks = [
    dict(type='ProgressBarHook'),
    dict(type='FlipCheckHook'),
    dict(type='LossCurveHook'),
    dict(type='ScoreTableHook'),
    dict(type='BadImageHook'),
    dict(type='ChannelsLastHook'),
    dict(type='RunRecordHook'),
]
visualizer = dict(type='AttrLocalVisualizer', attr_score_thr=attr_score_thr)
