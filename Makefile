# make demo   a toy wardrobe made, learnt, tested: work_dirs/demo/report.html
# make test   the whole test suite
# make test-upstream   a short form of it with upstream's mmcv-lite, mmdet and mmengine, in
#             .venv-upstream; the whole of it: make test-upstream TESTS=tests
# make lint   ruff's checks and format; `make format` repairs
# Each makes .venv first where it is missing. Needs Python 3.11 and make, nothing else.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
ifeq ($(PYTHON),)
$(error Python 3.11 is needed; say where it is: make PYTHON=/path/to/python3.11)
endif
VENV := .venv
PY := $(VENV)/bin/python
# Test processes: each imports torch, so not one for every core of a large server.
JOBS := $(shell $(PYTHON) -c 'import os; print(min(len(os.sched_getaffinity(0)), 8))')

TOY_IMAGES ?= 850
TOY_VAL ?= 100
TOY_CONFIG := configs/toy/mask-rcnn_r18_attr_focal.py
DEMO := work_dirs/demo

# What upstream can break: its API under the ops, the networks, the metric and the runner;
# and what tests/upstream.py says that it cannot do.
UPSTREAM := .venv-upstream
TESTS ?= tests/test_upstream.py tests/test_ops tests/test_structures tests/test_models \
	tests/test_configs/test_inferencer.py tests/test_evaluation/test_f1_segm_metric.py \
	tests/test_datasets/test_imaterialist.py tests/test_datasets/test_pipelines.py \
	tests/test_apis/test_safe_checkpoints.py tests/test_tools/test_train_and_test.py \
	tests/test_tools/test_predict.py

.DELETE_ON_ERROR:
.PHONY: setup demo test test-upstream lint format clean

setup: $(VENV)/.installed

# opencv-python wants libGL, which servers often lack: its headless twin does not.
define HEADLESS
$(1) -c 'import cv2' || $(1) -m pip install --force-reinstall --no-deps \
	"opencv-python-headless==$$($(1) -m pip show opencv-python | sed -n 's/^Version: //p')"
endef

$(VENV)/.installed: requirements.txt requirements/runtime.txt requirements/dev.txt \
		requirements/export.txt requirements/app.txt requirements/catalog.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and \
		"$(PYTHON) is Python " + sys.version.split()[0] + "; 3.11 is needed: make PYTHON=/path/to/it")'
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install -r requirements.txt -r requirements/dev.txt \
		-r requirements/export.txt -r requirements/app.txt -r requirements/catalog.txt
	$(call HEADLESS,$(PY))
	touch $@

# --no-deps: the project itself asks for runtime.txt.
$(UPSTREAM)/.installed: requirements/upstream.txt requirements/dev.txt \
		requirements/export.txt pyproject.toml
	$(PYTHON) -m venv $(UPSTREAM)
	$(UPSTREAM)/bin/python -m pip install -r requirements/upstream.txt -r requirements/dev.txt \
		-r requirements/export.txt
	$(UPSTREAM)/bin/python -m pip install --no-deps -e .
	$(call HEADLESS,$(UPSTREAM)/bin/python)
	touch $@

demo: setup
	$(PY) tools/make_toy_wardrobe.py data/toy_wardrobe --images $(TOY_IMAGES) --seed 0
	$(PY) tools/prepare_imaterialist.py data/toy_wardrobe --val $(TOY_VAL)
	rm -rf $(DEMO)
	$(PY) tools/train.py $(TOY_CONFIG) --work-dir $(DEMO)
	$(PY) tools/test.py $(TOY_CONFIG) "$$(cat $(DEMO)/last_checkpoint)" \
		--work-dir $(DEMO) --show-dir $(DEMO)/pictures
	@echo "table: $(DEMO)/table.md   pictures: $(DEMO)/pictures/   loss curves: $(DEMO)/loss_curves.png"
	$(PY) tools/report.py $(DEMO)

# One thread a process: two processes on two cores would get in each other's way.
test: setup
	OMP_NUM_THREADS=1 $(PY) -m pytest -n $(JOBS) --dist worksteal

test-upstream: $(UPSTREAM)/.installed
	OMP_NUM_THREADS=1 $(UPSTREAM)/bin/python -m pytest -n $(JOBS) --dist worksteal $(TESTS)

lint: setup
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

format: setup
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

clean:
	rm -rf $(VENV) $(UPSTREAM) build data/toy_wardrobe $(DEMO) .pytest_cache .ruff_cache .hypothesis
