"""The paper's final recipe: SGD with Nesterov momentum, lr .00025, 2 epochs."""

train_cfg = dict(type='SeededTrainLoop', max_epochs=2, val_interval=1)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')

param_scheduler = [
    dict(type='LinearLR', start_factor=0.001, by_epoch=False, begin=0, end=500),
]
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(
        type='SGD', lr=0.00025, momentum=0.9, nesterov=True, weight_decay=0.0001
    ),
)
# --auto-scale-lr scales lr from this batch size (1 GPU x 2 pictures).
auto_scale_lr = dict(enable=False, base_batch_size=2)
