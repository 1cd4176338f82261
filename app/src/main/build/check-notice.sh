#!/bin/sh
# Fails when a distribution carries a work that NOTICE does not name, or names one that it does not
# carry: check-notice.sh DISTRIBUTION. Whoever adds a line has looked at the licence.
set -eu
dist=$1
carried=$(mktemp)
named=$(mktemp)
trap 'rm -f "$carried" "$named"' EXIT
for jar in "$dist"/lib/*.jar "$dist"/lib/*/*.jar; do
  name=$(basename "$jar" .jar | sed -E 's/-[0-9]+(\.[0-9]+)+.*$//')
  case $name in
    millrace-*) ;;
    *) echo "$name" ;;
  esac
done | sort -u >"$carried"
sed -n 's/^  \([A-Za-z0-9_.-]*\)$/\1/p' "$dist/NOTICE" | sort -u >"$named"
missing=$(comm -23 "$carried" "$named")
gone=$(comm -13 "$carried" "$named")
if [ -n "$missing$gone" ]; then
  echo "NOTICE is out of date. Not named:" $missing "- named but not carried:" $gone >&2
  exit 1
fi
