#!/bin/sh
# Run one command with terraform's google provider at hand, and say which one:
#
#   infra/with-provider.sh COMMAND [ARG...]
#
# 1. the registry's, where `terraform init` reaches it: the truth;
# 2. else a stand-in that serves the provider's schema offline: SAMO_TERRAFORM_OFFLINE names its run.sh, called as
#    `run.sh VENV -- COMMAND`; unless it is set, ../shared/tools/terraform-offline/run.sh beside the repository is used;
# 3. else the command is not run, and the status is 69.
set -eu

unavailable=69
repository=$(cd "$(dirname "$0")/.." && pwd)
offline=${SAMO_TERRAFORM_OFFLINE:-$repository/../shared/tools/terraform-offline/run.sh}

if ! command -v terraform >/dev/null; then
  echo "terraform: not installed; nothing was checked" >&2
  exit $unavailable
fi

# Every working folder would download the provider again. Its lock file is thrown away with the folder.
export TF_PLUGIN_CACHE_DIR="$repository/build/terraform/plugins"
export TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE=true
mkdir -p "$TF_PLUGIN_CACHE_DIR"

probe=$(mktemp -d)
trap 'rm -rf "$probe"' EXIT
cp "$repository/infra/modules/bucket/versions.tf" "$probe"
if terraform -chdir="$probe" init -backend=false -input=false -no-color >"$probe/log" 2>&1; then
  echo "terraform: google provider from the registry" >&2
  "$@"
elif [ -f "$offline" ]; then
  echo "terraform: no registry; google provider's schema served offline by $(basename "$(dirname "$offline")")" >&2
  # Each `terraform test` run reads the whole schema again; of 1,800 types this configuration uses two dozen.
  schema=$(find "$(dirname "$offline")" -name 'google-*.schema.json.gz' | head -n 1)
  if [ -n "$schema" ] && command -v python3 >/dev/null; then
    python3 "$repository/infra/narrow_schema.py" "$schema" "$repository/infra" "$probe/schema.json"
    export TFSHIM_SCHEMA="$probe/schema.json"
  fi
  unset TF_PLUGIN_CACHE_DIR
  bash "$offline" "$repository/build/terraform/offline-venv" -- "$@"
else
  echo "terraform: the registry cannot be reached and $offline does not exist; nothing was checked" >&2
  echo "terraform: name an offline provider's run.sh in SAMO_TERRAFORM_OFFLINE, or connect to the registry" >&2
  exit $unavailable
fi
