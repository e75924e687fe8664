#!/usr/bin/env bash
# Installs what the local backend runs: PostgreSQL, pgaudit, PgBouncer and pgBackRest. Does nothing when all of it is there.
set -euo pipefail

missing() {
  local wanted=()
  if ! compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null; then
    wanted+=("$1")
  fi
  if ! compgen -G '/usr/share/postgresql/*/extension/pgaudit.control' >/dev/null; then
    wanted+=("$2")
  fi
  PATH="$PATH:/usr/sbin" command -v pgbouncer >/dev/null || wanted+=(pgbouncer)
  command -v pgbackrest >/dev/null || wanted+=(pgbackrest)
  echo "${wanted[*]:-}"
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "This needs root, and there is no sudo: run as root: $*" >&2
    exit 1
  fi
}

with_apt() {
  local wanted major
  [ -n "$(missing postgresql pgaudit)" ] || return 0
  echo "Installing what the local backend runs (PostgreSQL, pgaudit, PgBouncer, pgBackRest) with apt…"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
  # Databases are made by the server only: the distribution's own cluster is not wanted.
  as_root mkdir -p /etc/postgresql-common/createcluster.d
  echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.d/orleansdaap.conf >/dev/null
  major=$(for bin in /usr/lib/postgresql/*/bin/postgres; do [ -x "$bin" ] && basename "$(dirname "$(dirname "$bin")")"; done | sort -n | tail -n 1)
  major=${major:-$(apt-cache depends postgresql | sed -n 's/.*Depends: postgresql-\([0-9]*\)$/\1/p' | head -n 1)}
  wanted=$(missing "postgresql-$major" "postgresql-$major-pgaudit")
  # shellcheck disable=SC2086 # a list of package names
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $wanted >/dev/null
}

with_brew() {
  local formula
  for formula in postgresql@17 pgaudit pgbouncer pgbackrest; do
    brew list "$formula" >/dev/null 2>&1 || { echo "Installing $formula with brew…"; brew install "$formula"; }
  done
}

if command -v apt-get >/dev/null; then
  with_apt
elif command -v brew >/dev/null; then
  with_brew
elif [ -n "$(missing postgresql pgaudit)" ]; then
  echo "Neither apt-get nor brew is here. Install PostgreSQL 15 or newer, pgaudit, PgBouncer and pgBackRest by hand." >&2
  exit 1
fi
