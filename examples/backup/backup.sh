#!/bin/sh
# A backup, read back, and no more of them than KEEP. What follows goes to `countersign backup`, such as --data DIR.
#
#   BACKUPS=/var/backups/countersign KEEP=14 ./backup.sh --data /var/lib/countersign
set -eu
: "${BACKUPS:=/var/backups/countersign}" "${KEEP:=14}" "${COUNTERSIGN:=countersign}"
umask 077
mkdir -p "$BACKUPS"
"$COUNTERSIGN" backup --out "$BACKUPS/countersign-$(date -u +%Y%m%dT%H%M%SZ).tar" "$@"
# Only after a good one may an old one go. The names sort by time.
find "$BACKUPS" -maxdepth 1 -type f -name 'countersign-*.tar' | sort -r | tail -n "+$((KEEP + 1))" |
    while IFS= read -r old; do rm -f -- "$old"; done
