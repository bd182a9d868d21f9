"""The command line of tools/calibrate_thresholds.py."""

import json
import runpy
import sys

import pytest
from coco_samples import write_case


def run(root, monkeypatch, tool, *args):
    monkeypatch.setattr(sys, 'argv', [tool, *map(str, args)])
    runpy.run_path(str(root / 'tools' / tool), run_name='__main__')


def test_thresholds_go_from_tool_to_tool(root, tmp_path, monkeypatch, capsys):
    write_case(tmp_path, num_images=30)
    files = tmp_path / 'gt.json', tmp_path / 'results.json'
    out = tmp_path / 'thresholds.json'
    options = ('--out', out, '--min-count', '5', '--seed', '3')
    options += ('--train', tmp_path / 'gt.json')
    run(root, monkeypatch, 'calibrate_thresholds.py', *files, *options)
    written = json.loads(out.read_text())
    assert written['fit']['seed'] == 3
    assert 0 < written['overall'] < 1
    assert len({row['f1AP_constant'] for row in written['held_out']}) == 1
    text = capsys.readouterr().out
    assert f'{written["held_out"][1]["set-F1"]:.3f}' in text
    assert f'{out}: {written["overall"]:g} for all' in text
    run(root, monkeypatch, 'evaluate.py', *files, '--attr-thr', out)
    assert 'f1AP' in capsys.readouterr().out


def test_one_line_says_what_is_wrong(root, tmp_path, monkeypatch):
    write_case(tmp_path)
    (tmp_path / 'results.json').write_text('[]')
    files = tmp_path / 'gt.json', tmp_path / 'results.json'
    with pytest.raises(SystemExit, match='^error: no detection found an object'):
        run(
            root,
            monkeypatch,
            *('calibrate_thresholds.py', *files, '--out', tmp_path / 't.json'),
        )
    assert not (tmp_path / 't.json').exists()
