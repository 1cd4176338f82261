#!/bin/sh
# Gives a child program of a distribution its jars: share-jars.sh DISTRIBUTION DIRECTORY TARGET
# TARGET is its module's: the module's jar, and lib/ with what that needs. What the server carries too is
# not carried twice. DIRECTORY/class-path names them all, relative to the distribution.
set -eu
dist=$1
own=$2
target=$3
mkdir -p "$dist/$own"
kept=$(mktemp)
trap 'rm -f "$kept"' EXIT
for jar in "$target"/millrace-*.jar "$target"/lib/*.jar; do
  name=$(basename "$jar")
  if [ -f "$dist/lib/$name" ]; then
    echo "lib/$name"
  else
    # With its date, by which the start-up cache knows it.
    cmp -s "$jar" "$dist/$own/$name" || cp -p "$jar" "$dist/$own/$name"
    echo "$own/$name"
  fi
done >"$kept"
for jar in "$dist/$own"/*.jar; do
  grep -qxF "$own/$(basename "$jar")" "$kept" || rm -f "$jar"
done
cat "$kept" >"$dist/$own/class-path"
