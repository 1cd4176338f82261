#!/bin/sh
# Makes the JVM's start-up cache of a distribution: make-start-cache.sh DISTRIBUTION
# A cache is only a help: where it cannot be made the program starts without, a little slower.
set -eu
dist=$1
cache=$dist/lib/millrace.aot
# What the cache was made of: the JVM refuses it when a jar or its date differs.
made_of=$dist/../start-cache-made-of
now=$(cd "$dist" && ls -ln --time-style=full-iso lib/*.jar lib/kafka/*.jar && cksum lib/millrace-*.jar lib/kafka/millrace-*.jar bin/millrace)
if [ -f "$cache" ] && [ -f "$made_of" ] && [ "$now" = "$(cat "$made_of")" ]; then exit 0; fi
rm -f "$cache" "$made_of"
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT
if MILLRACE_MAKE_CACHE=$cache "$dist/bin/millrace" warm-up --data "$data/data" >"$data/log" 2>&1; then
  echo "$now" >"$made_of"
else
  echo "the start-up cache was not made:" >&2
  tail -n 20 "$data/log" >&2
  rm -f "$cache"
fi
