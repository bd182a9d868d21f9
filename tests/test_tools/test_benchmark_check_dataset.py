import json
import subprocess
import sys

from check_folders import KaggleFolder


def test_measures_all_and_writes_figures(root, tmp_path):
    folder = KaggleFolder(tmp_path / 'data').root
    done = subprocess.run(
        [sys.executable, root / 'tools/benchmark/check_dataset.py', folder,
         '--others', folder, '--hashes', '300', '--repeat', '1',
         '--json', tmp_path / 'out.json'],
        capture_output=True,
        text=True,
        cwd=root,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    figures = json.loads((tmp_path / 'out.json').read_text())
    assert figures['rows']['rows'] == 8
    assert figures['different'] == figures['different_others']
    assert figures['different']['pairs'] == 6
    assert figures['versions']['JPEG quality 75']['found'] == 1.0
    assert figures['search']['hashes'] == 300
    assert '| mirrored |' in done.stdout
