"""Submissions from predictions: written, read back, scored."""

import csv
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from submissions import (
    box_mask,
    encode,
    result,
    write_dump,
    write_images,
    write_lines,
    write_pictures,
)

from projects.fashion_attr.datasets.prepare import prepare
from projects.fashion_attr.datasets.toy_wardrobe import write_wardrobe
from projects.fashion_attr.evaluation.functional import GroundTruth
from projects.fashion_attr.evaluation.functional.reading import read_ground_truth
from projects.fashion_attr.evaluation.submission.check_run import (
    CheckRequest,
    check_file,
    competition_score,
)
from projects.fashion_attr.evaluation.submission.choose import choose_score_threshold
from projects.fashion_attr.evaluation.submission.prediction_files import (
    open_predictions,
)
from projects.fashion_attr.evaluation.submission.run import (
    SubmissionRequest,
    make_submission,
)
from projects.fashion_attr.evaluation.submission.segments import Rules
from projects.fashion_attr.evaluation.submission.small_truth import at_submission_size

SIZES = {'a': (6, 5), 'b': (4, 8), 'c': (9, 9)}
EDGE = 8


def ground_truth(tmp_path, annotations=()):
    anns = [
        dict(id=n, iscrowd=0, **annotation)
        for n, annotation in enumerate(annotations, start=1)
    ]
    return write_images(tmp_path / 'gt.json', SIZES, annotations=anns)


def annotation(image_id, mask, category=31, attribute_ids=()):
    return dict(
        image_id=image_id,
        category_id=category,
        attribute_ids=list(attribute_ids),
        segmentation=encode(mask),
    )


def wanted(tmp_path, predictions, **options):
    options.setdefault('images', write_pictures(tmp_path / 'test', SIZES))
    options.setdefault('longest_edge', EDGE)
    return SubmissionRequest(predictions, out=tmp_path / 'out/s.csv', **options)


def make(*args, **options):
    """The rows of a submission, which has to be sound, and what was said."""
    said = []
    request = wanted(*args, **options)
    assert make_submission(request, said.append).faults == []
    with open(request.out, newline='') as file:
        return list(csv.reader(file)), '\n'.join(said)


def test_rows_and_columns(tmp_path):
    found = [
        result('c', box_mask((9, 9), 0, 0, 9, 9), 0.5, 33, {136: 0.5, 3: 0.4, 4: 0.3}),
        result('a', box_mask((6, 5), 0, 0, 6, 1), 0.2),
        result('c', box_mask((9, 9), 0, 0, 3, 9), 0.8, 33),
    ]
    path = write_lines(tmp_path / 'p.json', found)
    options = dict(longest_edge=0, score_thr=0.5, json=tmp_path / 's.json')
    rows, said = make(tmp_path, path, **options)
    below = ' '.join(f'{9 * column + 4} 6' for column in range(9))
    assert rows == [
        ['ImageId', 'EncodedPixels', 'ClassId', 'AttributesIds'],
        ['a', '1 1', '23', ''],
        ['b', '1 1', '23', ''],
        ['c', ' '.join(f'{9 * n + 1} 3' for n in range(9)), '33', ''],
        ['c', below, '33', '3,136'],
    ]
    assert '2 segments of 3 pictures with scores from 0.5' in said
    assert '2 pictures without any' in said
    assert '1 detections below' in said
    summary = json.loads((tmp_path / 's.json').read_text())
    assert summary['written'] == dict(
        pictures=3, segments=2, rescued=0, fillers=2, below=1, vanished=0, covered=0
    )
    assert summary['score_thr'] == 0.5


@pytest.mark.parametrize('score', ['0.1', True, False, None, float('-inf')])
def test_what_is_no_score_is_never_compared(tmp_path, score):
    found = [result('a', np.ones((6, 5), np.uint8), score)]
    request = wanted(tmp_path, write_lines(tmp_path / 'p.json', found))
    with pytest.raises(ValueError, match='p.json, ImageId a, prediction 0: .*score'):
        make_submission(request, print)
    assert not request.out.exists()


def test_the_best_of_a_picture_can_be_kept(tmp_path):
    mask = np.zeros((6, 5), np.uint8)
    found = [result('a', mask, 0.25)]  # nothing of the best one is left
    found += [result('a', mask + 1, score) for score in (0.1, 0.2)]
    path = write_lines(tmp_path / 'p.json', found)
    rows, said = make(tmp_path, path, keep_best=True)
    assert [row[0] for row in rows[1:]] == ['a', 'b', 'c']
    assert rows[1] == ['a', '1 48', '31', '']
    assert '1 of them below, the best of their pictures' in said


def test_both_files_of_a_run_give_the_same(tmp_path):
    rng = np.random.default_rng(0)
    found = [
        result(image, rng.integers(0, 2, size), score, int(category), {115: score})
        for image, size in enumerate(SIZES.values(), start=1)
        for score, category in zip(rng.random(9), rng.integers(0, 4, 9), strict=True)
    ]
    dump = {
        f'x/{name}.jpg': [r for r in found if r['image_id'] == n]
        for n, name in enumerate(SIZES, start=1)
    }
    ann = ground_truth(tmp_path)
    rng.shuffle(found)
    lines = write_lines(tmp_path / 'p.json', found)
    rows, _ = make(tmp_path, lines, ann=ann)
    assert rows == make(tmp_path, write_dump(tmp_path / 'p.pkl', dump))[0]
    assert len(rows) > 10


masks = st.sampled_from(list(SIZES)).flatmap(
    lambda name: st.tuples(
        st.just(name),
        st.sets(
            st.integers(0, SIZES[name][0] * SIZES[name][1] - 1), min_size=1, max_size=60
        ),
        st.sampled_from([0, 31]),
        st.sets(st.sampled_from([3, 115, 136])),
    )
)


@settings(max_examples=30, deadline=None)
@given(st.lists(masks, max_size=6), st.sampled_from([0, 3, EDGE]))
def test_ground_truth_scores_1_against_itself(tmp_path_factory, drawn, edge):
    folder, taken, annotations = tmp_path_factory.mktemp('itself'), {}, []
    for name, pixels, category, attributes in drawn:
        free = pixels - taken.get((name, category), set())
        taken.setdefault((name, category), set()).update(pixels)
        flat = np.zeros(SIZES[name][0] * SIZES[name][1], np.uint8)
        flat[list(free)] = 1
        image_id = list(SIZES).index(name) + 1
        mask = flat.reshape(SIZES[name], order='F')
        annotations.append(annotation(image_id, mask, category, attributes))
    path = ground_truth(folder, annotations)
    rows, _ = make(folder, path, longest_edge=edge)
    truth = read_ground_truth(path)
    small = at_submission_size(truth, edge)
    answered = len(np.unique(small.image))
    score = competition_score(folder / 'out/s.csv', truth, edge)
    assert score == pytest.approx(answered / len(SIZES), abs=1e-12)
    assert len(rows) == 1 + len(small.image) + len(SIZES) - answered


def test_a_toy_wardrobe_scores_1_against_itself(tmp_path):
    write_wardrobe(tmp_path, 6)
    prepare(tmp_path, val=2, progress=False)
    ann = tmp_path / 'annotations/train.json'
    rows, said = make(
        tmp_path,
        ann,
        images=tmp_path / 'train',
        ann=ann,
        longest_edge=1024,
        train_ann=tmp_path / 'train.csv',
    )
    assert f'{ann} does not name 2 pictures of' in said
    assert len({row[0] for row in rows[1:]}) == 4
    assert competition_score(tmp_path / 'out/s.csv', read_ground_truth(ann)) == 1


def test_real_pictures_score_1_against_themselves(tmp_path, shared_data):
    prepare_from = shared_data / 'kaggle_sample'
    truth = read_ground_truth(prepare_from / 'train.csv')
    anns = [
        dict(
            image_id=int(image),
            category_id=int(category),
            attribute_ids=ids,
            segmentation=mask,
        )
        for image, category, ids, mask in zip(
            truth.image_ids[truth.image],
            truth.category_ids[truth.category],
            (truth.attribute_ids[row].tolist() for row in truth.attributes),
            truth.masks,
            strict=True,
        )
    ]
    sizes = zip(truth.image_names, truth.image_sizes.tolist(), strict=True)
    path = write_images(tmp_path / 'gt.json', dict(sizes), annotations=anns)
    rows, _ = make(tmp_path, path, images=prepare_from / 'train', longest_edge=1024)
    assert len(rows) == 47
    said = []
    check_file(
        CheckRequest(tmp_path / 'out/s.csv', prepare_from / 'train', gt=path),
        said.append,
    )
    assert said[-1].endswith('gt.json: 1.0000')


def test_truth_is_resized_as_segments_are(tmp_path):
    mask = box_mask((9, 9), 0, 0, 5, 9)
    dot = np.zeros((9, 9), np.uint8)
    dot[1, 1] = 1
    path = ground_truth(tmp_path, [annotation(3, mask), annotation(3, dot)])
    small = at_submission_size(read_ground_truth(path), 3)
    assert small.image_sizes.tolist() == [[3, 2], [1, 3], [3, 3]]
    assert small.areas.tolist() == [6]  # rows 0, 3 and 6 are shown
    assert small.boxes.tolist() == [[0, 0, 3, 2]]
    assert small.num_left_out == 1


def plain_choice(tmp_path, ann, predictions, tried, **options):
    """Write a submission for each threshold and score it."""
    scores = []
    for threshold in tried:
        rows, _ = make(tmp_path, predictions, ann=ann, score_thr=threshold, **options)
        path = tmp_path / 'out/s.csv'
        real = [row for row in rows if row[1:] != ['1 1', '23', '']]
        with open(path, 'w', newline='') as file:
            csv.writer(file).writerows(real)
        score = competition_score(path, read_ground_truth(ann), EDGE)
        scores.append((threshold, score, len(real) - 1))
    return scores


@pytest.mark.parametrize('keep_best', [False, True])
@pytest.mark.parametrize('no_overlap', ['class', 'all'])
def test_choosing_scores_what_would_be_written(tmp_path, keep_best, no_overlap):
    rng = np.random.default_rng(1)
    anns, found = [], []
    for image_id, size in enumerate(SIZES.values(), start=1):
        for _ in range(4):
            top, left = rng.integers(0, 3, 2)
            mask = box_mask(size, top, left, top + 3, left + 3)
            anns.append(annotation(image_id, mask, 31, [115]))
            for kind, score in zip((31, 33), rng.random(2).round(2), strict=True):
                moved = np.roll(mask, rng.integers(0, 2), axis=1)
                found.append(result(image_id, moved, score, kind, {115: 0.1 + score}))
    ann = ground_truth(tmp_path, anns)
    path = write_lines(tmp_path / 'p.json', found)
    thresholds = (0.0, 0.3, 0.5, 0.7, 0.9)
    options = dict(keep_best=keep_best, no_overlap=no_overlap, thresholds='0.1')
    plain = plain_choice(tmp_path, ann, path, thresholds, **options)
    choice = choose_score_threshold(
        read_ground_truth(ann),
        open_predictions(path, ann),
        Rules(0.1, EDGE, no_overlap),
        keep_best,
        thresholds,
    )
    rows = [(r['threshold'], r['score'], r['segments']) for r in choice.rows]
    np.testing.assert_allclose(rows, plain, atol=1e-12)
    assert len({score for _, score, _ in rows}) > 2
    assert choice.best['score'] == max(score for _, score, _ in plain)


def test_the_chosen_threshold_is_used(tmp_path):
    mask = np.ones((6, 5), np.uint8)
    ann = ground_truth(tmp_path, [annotation(1, mask)])
    found = [result(1, mask, 0.62), result(1, box_mask((6, 5), 0, 0, 1, 1), 0.58, 33)]
    path = write_lines(tmp_path / 'p.json', found)
    rows, said = make(tmp_path, path, ann=ann, choose_score_thr=path, val_ann=ann)
    assert 'taken: least score 0.6, which has 0.3333 on 3 pictures' in said
    line = next(line for line in said.split('\n') if line.startswith('| 0.6 '))
    cells = [cell.strip() for cell in line.strip('|').split('|')]
    assert cells == ['0.6', '0.3333', '1', '2', '<-']
    assert [row[2] for row in rows[1:]] == ['31', '23', '23']


BAD_REQUESTS = {
    'folder': (dict(out='.'), 'is a folder; name a file in it'),
    'itself': (dict(out='p.json'), 'would replace the predictions'),
    'no-val-ann': (dict(choose_score_thr='p.json'), '--choose-score-thr and --val-ann'),
    'score': (dict(score_thr=1.5), '--score-thr lies in 0..1, got 1.5'),
    'nan': (dict(score_thr=float('nan')), '--score-thr lies in 0..1, got nan'),
    'thresholds': (dict(thresholds='2'), 'attribute threshold must lie in 0..1, got 2'),
    'others': (dict(ann='few.json'), 'predictions of 1 pictures that are not .* as b'),
}


@pytest.mark.parametrize(
    ('options', 'message'), BAD_REQUESTS.values(), ids=BAD_REQUESTS
)
def test_bad_requests_are_refused(tmp_path, options, message):
    write_lines(tmp_path / 'p.json', [result('b', np.ones((4, 8)))])
    write_images(tmp_path / 'few.json', {'a': (6, 5)})
    paths = {
        key: tmp_path / value if key in ('out', 'choose_score_thr', 'ann') else value
        for key, value in options.items()
    }
    images = write_pictures(tmp_path / 'test', SIZES)
    files = dict(predictions=tmp_path / 'p.json', images=images, out=tmp_path / 's.csv')
    with pytest.raises(ValueError, match=message):
        make_submission(SubmissionRequest(**files | paths), print)
    assert not (tmp_path / 's.csv').exists()


def test_truth_without_masks_is_refused():
    with pytest.raises(ValueError, match='the ground truth has no masks'):
        at_submission_size(
            GroundTruth.from_coco(dict(images=[], annotations=[]), with_masks=False)
        )


def test_checks_need_to_know_the_pictures(tmp_path):
    with pytest.raises(ValueError, match='give the folder of the pictures, or ground'):
        check_file(CheckRequest(tmp_path / 's.csv'), print)
