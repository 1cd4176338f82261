#!/bin/sh
# Makes the JVM's start-up cache of a distribution: make-start-cache.sh DISTRIBUTION
# A cache is only a help: where it cannot be made the program starts without, a little slower.
set -eu
dist=$1
cache=$dist/lib/millrace.aot
newest=$(ls -t "$dist"/lib/*.jar "$dist/bin/millrace" | head -n 1)
if [ -f "$cache" ] && [ "$cache" -nt "$newest" ]; then exit 0; fi
rm -f "$cache"
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT
if ! MILLRACE_MAKE_CACHE=$cache "$dist/bin/millrace" warm-up --data "$data/data" >"$data/log" 2>&1; then
  echo "the start-up cache was not made:" >&2
  tail -n 20 "$data/log" >&2
  rm -f "$cache"
fi
