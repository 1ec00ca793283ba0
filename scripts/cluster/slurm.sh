#!/usr/bin/env bash
# A sweep over the nodes of a Slurm cluster, one part a node. From the project's folder, on a file system that the
# nodes share, built beforehand (scripts/convgauge devices builds):
#   sbatch --array=1-8 scripts/cluster/slurm.sh resnet50 --dtype f32 --threads 1,8
#   cat convgauge-results/shard-*-of-8.jsonl >all.jsonl
# A task that is requeued goes on with its rows. To start one part again: CONVGAUGE_SHARDS=8 sbatch --array=3 …
#SBATCH --job-name=convgauge
#SBATCH --array=1-4
#SBATCH --exclusive
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=convgauge-%A-%a.log
#SBATCH --time=04:00:00
set -euo pipefail

# Slurm runs a copy of this file, from a folder of its own.
exec "${SLURM_SUBMIT_DIR:?this is for sbatch}/scripts/cluster/shard" "$@"
