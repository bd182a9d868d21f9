"""Whole pictures: every part may be missing, sizes from 300 to 4000 pixels."""

import importlib
import json
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
import torch
from mmdet.registry import VISUALIZERS
from mmdet.structures import DetDataSample
from mmengine.structures import InstanceData

from projects.fashion_attr.datasets.taxonomy import (
    ATTRIBUTE_NAMES,
    ATTRIBUTE_PADDING,
    CATEGORY_NAMES,
)
from projects.fashion_attr.ops import install
from projects.fashion_attr.visualization.attr_visualizer import AttrLocalVisualizer
from projects.fashion_attr.visualization.garment import Garment
from projects.fashion_attr.visualization.mask_drawing import (
    Style,
    anchor_points,
    draw_masks,
)
from projects.fashion_attr.visualization.panel import plan_panel

PALETTE = [(37 * i % 256, 91 * i % 256, 53 * i % 256) for i in range(46)]
META = dict(classes=CATEGORY_NAMES, attributes=ATTRIBUTE_NAMES, palette=PALETTE)


def make_visualizer(**kwargs):
    visualizer = AttrLocalVisualizer(**kwargs)
    visualizer.dataset_meta = META
    return visualizer


def make_instances(size, number, seed=0):
    """Ellipses with labels, boxes and masks."""
    rng = np.random.default_rng(seed)
    masks = np.zeros((number, *size), np.uint8)
    boxes = np.zeros((number, 4), np.float32)
    for mask, box in zip(masks, boxes, strict=True):
        x, y = (int(n * rng.uniform(0.2, 0.8)) for n in size[::-1])
        a, b = (max(2, int(n * rng.uniform(0.02, 0.2))) for n in size[::-1])
        cv2.ellipse(mask, (x, y), (a, b), 0, 0, 360, 1, -1)
        box[:] = x - a, y - b, x + a, y + b
    labels = torch.from_numpy(rng.integers(0, 46, number))
    return InstanceData(
        labels=labels,
        bboxes=torch.from_numpy(boxes),
        masks=torch.from_numpy(masks).bool(),
    )


def make_sample(size, number=3, seed=0):
    """Ground truth and predictions of the same garments."""
    truth = make_instances(size, number, seed)
    truth.attr_labels = torch.full((number, 14), ATTRIBUTE_PADDING)
    truth.attr_labels[:, 0] = torch.arange(number)
    prediction = make_instances(size, number, seed)
    prediction.scores = torch.linspace(0.9, 0.5, number)
    prediction.attr_scores = torch.zeros(number, len(ATTRIBUTE_NAMES))
    prediction.attr_scores[:, :8] = 0.8
    sample = DetDataSample()
    sample.gt_instances, sample.pred_instances = truth, prediction
    return sample


def gray(size):
    return np.full((*size, 3), 128, np.uint8)


def without(sample, *fields):
    for instances in (sample.gt_instances, sample.pred_instances):
        for field in fields:
            instances.pop(field, None)
    return sample


@pytest.mark.parametrize('size', [(300, 200), (200, 300), (4000, 3000)])
@pytest.mark.parametrize(
    'missing',
    [
        pytest.param((), id='complete'),
        pytest.param(('masks',), id='no masks'),
        pytest.param(('bboxes',), id='no boxes'),
        pytest.param(('attr_labels', 'attr_scores'), id='no attributes'),
    ],
)
def test_two_panels_of_any_size(size, missing):
    sample = without(make_sample(size), *missing)
    drawn = make_visualizer().draw_datasample(gray(size), sample)
    assert drawn.dtype == np.uint8
    edge = min(max(640, max(size)), 1600)
    assert drawn.shape[0] >= edge * size[0] / max(size)
    assert drawn.shape[1] > 2 * edge * size[1] / max(size)


@pytest.mark.parametrize('number', [0, 1, 40])
def test_any_number_of_garments(number):
    drawn = make_visualizer().draw_datasample(
        gray((320, 320)), make_sample((320, 320), number)
    )
    assert drawn.shape[0] > 640


def test_a_predicted_attribute_changes_the_prediction_only():
    size = (640, 480)
    visualizer = make_visualizer()
    sample = make_sample(size)
    first = visualizer.draw_datasample(gray(size), sample)
    sample.pred_instances.attr_scores[0, 3] = 0.0
    second = visualizer.draw_datasample(gray(size), sample)
    truth = [
        visualizer.draw_datasample(gray(size), sample, draw_pred=False)
        for _ in range(2)
    ]
    assert first.shape != second.shape or (first != second).any()
    assert (truth[0] == truth[1]).all()


def test_colours_are_stable_per_category():
    size = (640, 480)
    visualizer = make_visualizer()
    for seed in (0, 1):
        sample = make_sample(size, 2, seed)
        sample.pred_instances.labels[:] = 31
        drawn = visualizer.draw_datasample(gray(size), sample, draw_gt=False)
        # The bar of each label is solid.
        assert (drawn == PALETTE[31]).all(-1).sum() > 500


def test_score_threshold():
    size = (640, 480)
    visualizer = make_visualizer()
    sample = make_sample(size)
    sample.pred_instances.scores[:] = 0.5
    none = visualizer.draw_datasample(gray(size), sample, False, pred_score_thr=0.51)
    bar = none.shape[0] - 640
    assert (none[bar:] == 128).all()
    some = visualizer.draw_datasample(gray(size), sample, False, pred_score_thr=0.5)
    assert some.shape[1] > none.shape[1]


def test_nothing_to_draw_is_the_picture_itself():
    visualizer = make_visualizer()
    assert (visualizer.draw_datasample(gray((640, 480))) == 128).all()
    sample = DetDataSample()
    assert visualizer.draw_datasample(gray((700, 640)), sample).shape == (700, 640, 3)


def test_one_panel_without_ground_truth():
    size = (640, 480)
    sample = make_sample(size)
    both = make_visualizer().draw_datasample(gray(size), sample)
    del sample.gt_instances
    one = make_visualizer().draw_datasample(gray(size), sample)
    assert one.shape[1] < both.shape[1] * 0.6


def test_small_parts_stay_visible_on_large_garments():
    large, small = np.zeros((2, 60, 60), bool)
    large[5:55, 5:55] = True
    small[20:40, 20:40] = True
    garments = [
        Garment('collar', (255, 0, 0), np.array([20, 20, 40, 40.0]), small),
        Garment('coat', (0, 255, 0), np.array([5, 5, 55, 55.0]), large),
    ]
    for order in (garments, garments[::-1]):
        image = gray((60, 60))
        owner = draw_masks(image, order, Style(13, 1, alpha=0.5))
        assert order[owner[30, 30]].name == 'collar'
        assert image[30, 30].tolist() == [191, 64, 64]
        assert image[12, 30].tolist() == [64, 191, 64]


def test_leaders_end_on_the_visible_part():
    outer, inner = np.zeros((2, 60, 60), bool)
    outer[10:50, 10:50] = True
    inner[20:50, 20:50] = True
    box = np.array([10, 10, 50, 50.0])
    garments = [
        Garment('a', (1, 1, 1), box, outer),
        Garment('b', (2, 2, 2), box, inner),
    ]
    owner = draw_masks(gray((60, 60)), garments, Style(13, 1))
    for i, (x, y) in enumerate(anchor_points(garments, owner).astype(int)):
        assert owner[y, x] == i


@pytest.mark.parametrize('number', [1, 5, 30])
def test_labels_cover_neither_the_picture_nor_each_other(number):
    size = (640, 480)
    visualizer = make_visualizer()
    garments = visualizer._read(
        make_sample(size, number).pred_instances, size, size
    ).garments
    anchors = np.array([(g.box[:2] + g.box[2:]) / 2 for g in garments])
    plan = plan_panel(garments, anchors, size, Style.of(size, 0.4, 6))
    covered = np.zeros(plan.size, int)
    covered[plan.origin[1] :, plan.origin[0] :][: size[0], : size[1]] = 1
    for (left, top), block in zip(plan.corners, plan.blocks, strict=True):
        height, width = block.size
        assert covered[top : top + height, left : left + width].shape == block.size
        covered[top : top + height, left : left + width] += 1
    assert covered.max() == 1


def test_a_file_in_place_of_the_backend(tmp_path):
    visualizer = VISUALIZERS.build(
        dict(
            type='AttrLocalVisualizer',
            name='test_a_file',
            vis_backends=[dict(type='LocalVisBackend')],
            save_dir=str(tmp_path),
        )
    )
    visualizer.dataset_meta = META
    size = (320, 240)
    out_file = tmp_path / 'out' / 'picture.png'
    args = ('val_img', gray(size), make_sample(size))
    visualizer.add_datasample(*args, out_file=str(out_file))
    backend = tmp_path / 'vis_data/vis_image/val_img_7.png'
    assert not backend.exists()
    visualizer.add_datasample(*args, step=7)
    written, handed_on = cv2.imread(str(out_file)), cv2.imread(str(backend))
    assert (written == handed_on).all()
    expected = visualizer.draw_datasample(*args[1:])
    assert (written[..., ::-1] == expected).all()
    assert visualizer.get_image().shape == expected.shape


def test_the_hook_of_mmdet_draws_with_it(tmp_path):
    install()  # mmdet's hooks import mmcv.ops
    hooks = importlib.import_module('mmdet.engine.hooks')
    visualizer = AttrLocalVisualizer.get_instance('test_the_hook')
    visualizer.dataset_meta = META
    size = (320, 240)
    sample = make_sample(size)
    sample.set_metainfo(dict(img_path=str(tmp_path / 'street.jpg')))
    cv2.imwrite(sample.img_path, gray(size))
    hook = hooks.DetVisualizationHook(draw=True, test_out_dir='pictures')
    runner = SimpleNamespace(work_dir=str(tmp_path), timestamp='now', iter=0)
    hook.after_test_iter(runner, 0, {}, [sample])
    drawn = cv2.imread(str(tmp_path / 'now/pictures/street.jpg'))
    assert drawn.shape == visualizer.draw_datasample(gray(size), sample).shape


@pytest.mark.parametrize(
    ('kwargs', 'message'),
    [
        pytest.param(dict(alpha=2), 'alpha must lie in 0..1, got 2', id='alpha'),
        pytest.param(dict(max_attributes=-1), 'below 0, got -1', id='attributes'),
        pytest.param(dict(min_size=900, max_size=800), 'min_size=900', id='sizes'),
    ],
)
def test_settings_that_make_no_sense(kwargs, message):
    with pytest.raises(ValueError, match=message):
        AttrLocalVisualizer(**kwargs)


def test_a_picture_without_colours():
    with pytest.raises(ValueError, match=r'\(H, W, 3\), got \(5, 5\)'):
        make_visualizer().draw_datasample(np.zeros((5, 5)))


def test_large_pictures_as_they_are():
    size = (2000, 500)
    drawn = make_visualizer(max_size=None).draw_datasample(gray(size))
    assert drawn.shape == (2000, 500, 3)


@pytest.mark.parametrize('classes', [('dress', 'sleeve'), ('sleeve', 'dress')])
def test_thresholds_of_a_file_follow_class_and_attribute(tmp_path, classes):
    """A sleeve needs .9 for "mini (length)" (id 149), everything else .3."""
    path = tmp_path / 'thresholds.json'
    table = dict(overall=0.3, attributes={}, categories={'31': {'149': 0.9}})
    path.write_text(json.dumps(table))
    visualizer = AttrLocalVisualizer(attr_score_thr=str(path))
    visualizer.dataset_meta = dict(classes=classes, attributes=ATTRIBUTE_NAMES)
    scores = torch.zeros(2, 294)
    scores[:, ATTRIBUTE_NAMES.index('mini (length)')] = 0.5
    instances = InstanceData(
        labels=torch.tensor([0, 1]),
        bboxes=torch.tensor([[0.0, 0, 9, 9]] * 2),
        attr_scores=scores,
    )
    named = {
        g.name: [a.name for a in g.attributes]
        for g in visualizer._read(instances, (20, 20), (20, 20)).garments
    }
    assert named == dict(dress=['mini (length)'], sleeve=[])
