"""What README and docs/ say of files, flags and messages is still so."""

import re
import shlex
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
NETWORK_FLAGS = ROOT / 'projects/fashion_attr/apis/prediction/network.py'
PAGES = sorted([ROOT / 'README.md', *ROOT.glob('docs/*.md')])
_BLOCK = re.compile(r'```(?:bash|sh)?\n(.*?)```', re.DOTALL)
_LINK = re.compile(r'\]\(([^)#\s]+)(?:#[^)]*)?\)')


def commands() -> list[tuple[str, str]]:
    """(page, command) of every tool that a page calls, continued lines joined."""
    found = {}
    for page in PAGES:
        text = page.read_text(encoding='utf-8')
        for block in _BLOCK.findall(text):
            for line in block.replace('\\\n', ' ').splitlines():
                if line.startswith('python tools/'):
                    found[page.name, ' '.join(line.split())] = None
    return [*found]


@pytest.mark.parametrize(('page', 'command'), commands())
def test_commands_name_tools_and_flags_that_are_there(page, command):
    words = shlex.split(command.replace('[', ' ').replace(']', ' '), comments=True)
    assert (ROOT / words[1]).is_file(), command
    flags = {word.split('=')[0] for word in words if word.startswith('--')}
    source = (ROOT / words[1]).read_text(encoding='utf-8')
    if 'add_network_arguments' in source:  # flags that two tools share
        source += NETWORK_FLAGS.read_text(encoding='utf-8')
    known = {'--help', *re.findall(r"'(--[a-z][a-z0-9_-]*)'", source)}
    assert flags <= known, f'{page}: {command}: no {flags - known}'
    for word in words:
        if word.startswith('configs/'):
            assert (ROOT / word).exists(), f'{page}: no {word}'


@pytest.mark.parametrize('page', PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target in _LINK.findall(page.read_text(encoding='utf-8')):
        if '://' not in target:
            assert (page.parent / target).exists(), f'{page.name}: {target}'


def test_messages_of_the_troubleshooting_page_are_said():
    files = [*ROOT.glob('projects/**/*.py'), *ROOT.glob('tools/*.py')]
    # Without white space, and without what divides one text over two lines.
    said = re.sub(r'\s+', '', ''.join(f.read_text(encoding='utf-8') for f in files))
    said = re.sub(r"'f?'", '', said)
    page = (ROOT / 'docs/troubleshooting.md').read_text(encoding='utf-8')
    rows = re.findall(r'^\| `([^`]+)`', page, re.MULTILINE)
    of_others = (
        'ImportError',
        'ModuleNotFoundError',
        'No module named',
        'is used but incompatible',
        'Weights only load failed',
        'KeyError',
        'loaded state dict contains',
        'The model and loaded state dict',
        'exceed the maximum allowed size',
        'Queue is full',
    )
    ours = [row for row in rows if not row.startswith(of_others)]
    assert len(ours) > 15
    missing = [row for row in ours if row.replace(' ', '') not in said]
    assert not missing


def test_model_index_has_every_config_of_the_top():
    index = yaml.safe_load((ROOT / 'model-index.yml').read_text(encoding='utf-8'))
    configs = {model['Config'] for model in index['Models']}
    there = {p.relative_to(ROOT).as_posix() for p in ROOT.glob('configs/*.py')}
    assert configs == there
    collections = {c['Name'] for c in index['Collections']}
    assert {model['In Collection'] for model in index['Models']} <= collections
    citation = yaml.safe_load((ROOT / 'CITATION.cff').read_text(encoding='utf-8'))
    assert f'version = "{citation["version"]}"' in (ROOT / 'pyproject.toml').read_text()


def test_tutorial_runs_from_its_first_cell_to_its_last(tmp_path):
    nbformat = pytest.importorskip('nbformat')
    client = pytest.importorskip('nbclient')
    notebook = nbformat.read(ROOT / 'docs/tutorial.ipynb', as_version=4)
    assert not any(cell.get('outputs') for cell in notebook.cells)
    client.NotebookClient(
        notebook, timeout=900, resources=dict(metadata=dict(path=str(ROOT)))
    ).execute()
    last = notebook.cells[-1].outputs[-1]
    assert 'image/png' in last.data
