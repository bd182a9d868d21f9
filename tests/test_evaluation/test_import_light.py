import subprocess
import sys


def test_the_functions_need_neither_torch_nor_a_runner():
    code = (
        'import sys, projects.fashion_attr.evaluation.functional\n'
        "heavy = {'torch', 'mmengine', 'mmcv', 'mmdet'} & set(sys.modules)\n"
        'sys.exit(str(heavy) if heavy else 0)'
    )
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
