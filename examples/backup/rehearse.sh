#!/bin/sh
# Restore the newest backup into a folder that is thrown away: whether it is whole, and whether the key that you would
# have on that day opens it. Nothing is started, and nothing is sent.
#
#   BACKUPS=/var/backups/countersign COUNTERSIGN_MASTER_KEY="$(cat /from/where/you/keep/it)" ./rehearse.sh
set -eu
: "${BACKUPS:=/var/backups/countersign}" "${COUNTERSIGN:=countersign}"
newest=$(find "$BACKUPS" -maxdepth 1 -type f -name 'countersign-*.tar' | sort | tail -n 1)
[ -n "$newest" ] || { echo "there is no backup in $BACKUPS" >&2; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
"$COUNTERSIGN" restore "$newest" --data "$folder/data"
echo "it can be restored: $newest"
