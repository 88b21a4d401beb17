#!/bin/sh
# Format, validate and test the Terraform configuration; nothing in the working tree is written but build/.
set -eu

cd "$(dirname "$0")/.."
if [ "${1:-}" != checks ]; then
  exec sh infra/with-provider.sh sh infra/check.sh checks
fi

terraform fmt -check -diff -recursive infra

# `init` leaves folders and lock files behind, so it works on a copy.
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -R infra/. "$copy"
for folder in "$copy" "$copy"/bootstrap "$copy"/modules/* "$copy"/environments/*; do
  terraform -chdir="$folder" init -backend=false -input=false -no-color >"$copy/log" 2>&1 || { cat "$copy/log"; exit 1; }
  [ "$folder" = "$copy" ] || { printf '%s: ' "${folder#"$copy"/}" && terraform -chdir="$folder" validate -no-color; }
done
terraform -chdir="$copy" test -no-color
