#!/usr/bin/env bash
# Test on several GPUs of one or more machines; without GPUs, in processes on CPUs.
#
#   tools/dist_test.sh CONFIG CHECKPOINT PROCESSES [flags of tools/test.py]
#
# Several machines: as tools/dist_train.sh.
set -euo pipefail
if [ $# -lt 3 ]; then
    echo 'usage: tools/dist_test.sh CONFIG CHECKPOINT PROCESSES [flags of tools/test.py]' >&2
    exit 2
fi
config=$1 checkpoint=$2 processes=$3
shift 3
exec "${PYTHON:-python}" -m torch.distributed.run \
    --nnodes="${NNODES:-1}" --node-rank="${NODE_RANK:-0}" \
    --master-addr="${MASTER_ADDR:-127.0.0.1}" --master-port="${PORT:-29500}" \
    --nproc-per-node="$processes" \
    "$(dirname "$0")/test.py" "$config" "$checkpoint" --launcher pytorch "$@"
