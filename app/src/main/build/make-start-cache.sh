#!/bin/sh
# Makes the JVM's start-up cache of a distribution: make-start-cache.sh DISTRIBUTION
# A cache is only a help: where it cannot be made the program starts without, a little slower.
set -eu
dist=$1
cache=$dist/lib/millrace.aot
# By content: the files of a reproducible build always carry the same time.
stamp=$dist.start-cache
made_of=$(cat "$dist"/lib/*.jar "$dist/bin/millrace" | cksum)
if [ -f "$cache" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$made_of" ]; then exit 0; fi
rm -f "$cache" "$stamp"
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT
if ! MILLRACE_MAKE_CACHE=$cache "$dist/bin/millrace" warm-up --data "$data/data" >"$data/log" 2>&1; then
  echo "the start-up cache was not made:" >&2
  tail -n 20 "$data/log" >&2
  rm -f "$cache"
  exit 0
fi
echo "$made_of" >"$stamp"
