#!/usr/bin/env bash
# Train on several GPUs of one or more machines; without GPUs, in processes on CPUs.
#
#   tools/dist_train.sh CONFIG PROCESSES [flags of tools/train.py]
#
# On every machine the same command, with
#   NNODES=2 NODE_RANK=0 (0, 1, ...) MASTER_ADDR=(that of machine 0) [PORT=29500]
set -euo pipefail
if [ $# -lt 2 ]; then
    echo 'usage: tools/dist_train.sh CONFIG PROCESSES [flags of tools/train.py]' >&2
    exit 2
fi
config=$1 processes=$2
shift 2
exec "${PYTHON:-python}" -m torch.distributed.run \
    --nnodes="${NNODES:-1}" --node-rank="${NODE_RANK:-0}" \
    --master-addr="${MASTER_ADDR:-127.0.0.1}" --master-port="${PORT:-29500}" \
    --nproc-per-node="$processes" \
    "$(dirname "$0")/train.py" "$config" --launcher pytorch "$@"
