#!/bin/sh
# Builds or tests the portal for Maven, doing only what has not been done since the sources changed.
#   build.sh build   npm packages, then the pages into ../target/classes/portal
#   build.sh test    type check and unit tests
set -eu
cd "$(dirname "$0")"

refuse() {
  echo "Node 20 or newer is needed to build the portal: install it from your system's packages ($1)" >&2
  exit 1
}

command -v node >/dev/null 2>&1 || refuse "no 'node' was found on the PATH"
version=$(node --version)
major=${version#v}
major=${major%%.*}
case $major in
  '' | *[!0-9]*) refuse "'node --version' said '$version'" ;;
esac
[ "$major" -ge 20 ] || refuse "found $version"
command -v npm >/dev/null 2>&1 || refuse "found node $version, but no 'npm'"

# What the packages depend on beside the lock file: some carry native code.
platform=$(node -p '`${process.platform}-${process.arch}-${process.versions.modules}`')
installed=node_modules/.installed
if ! [ -f "$installed" ] || [ "$( (echo "$platform"; cat package-lock.json .npmrc) | cksum)" != "$(cat "$installed")" ]; then
  npm ci --prefer-offline --loglevel=error
  (echo "$platform"; cat package-lock.json .npmrc) | cksum >"$installed"
fi

# True when nothing under the given paths is newer than the first argument. Folders count, so a removed file shows.
done_since() {
  mark=$1
  shift
  [ -f "$mark" ] && [ -z "$(find "$@" -newer "$mark" -print | head -n 1)" ]
}

sources="src public index.html package.json package-lock.json tsconfig.json vite.config.ts build.sh $installed"
case ${1:-} in
  build)
    # shellcheck disable=SC2086 # a list of paths without blanks
    done_since ../target/classes/portal/index.html $sources || npm run --silent build -- --logLevel warn
    ;;
  test)
    # shellcheck disable=SC2086
    if ! done_since ../target/portal-tested $sources test; then
      npm run --silent test
      mkdir -p ../target
      : >../target/portal-tested
    fi
    ;;
  *)
    echo "usage: build.sh build|test" >&2
    exit 2
    ;;
esac
