#!/usr/bin/env bash
# Installs what the local backend runs: PostgreSQL 15 or newer, pgaudit of the same major, PgBouncer and pgBackRest.
# With "tests" as its argument also what the tests run: Node.js and npm. Does nothing when all of it is there.
set -euo pipefail

oldest=15
for_tests=${1:-}

# The majors that are installed and new enough, the newest first.
majors() {
  local bin major
  for bin in /usr/lib/postgresql/*/bin/postgres; do
    [ -x "$bin" ] || continue
    major=${bin#/usr/lib/postgresql/}
    major=${major%%/*}
    if [[ $major =~ ^[0-9]+$ ]] && [ "$major" -ge "$oldest" ]; then echo "$major"; fi
  done | sort -rn
}

has_pgaudit() { [ -e "/usr/share/postgresql/$1/extension/pgaudit.control" ]; }

has() { PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v "$1" >/dev/null; }

# A major that has all it needs, else the newest one; empty when there is none.
best_major() {
  local major all
  all=$(majors)
  for major in $all; do
    if has_pgaudit "$major"; then
      echo "$major"
      return
    fi
  done
  echo "${all%%$'\n'*}"
}

# The packages that are missing for a major.
missing() {
  local wanted=()
  [ -x "/usr/lib/postgresql/$1/bin/postgres" ] || wanted+=("postgresql-$1")
  has_pgaudit "$1" || wanted+=("postgresql-$1-pgaudit")
  has pgbouncer || wanted+=(pgbouncer)
  has pgbackrest || wanted+=(pgbackrest)
  if [ "$for_tests" = tests ]; then
    has node || wanted+=(nodejs)
    has npm || wanted+=(npm)
  fi
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

apt() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@"; }

# The newest major that the package sources have; empty when none is new enough.
newest_offered() {
  local names
  names=$(apt-cache pkgnames postgresql-)
  sed -n 's/^postgresql-\([0-9][0-9]*\)$/\1/p' <<<"$names" | sort -rn | while read -r major; do
    if [ "$major" -ge "$oldest" ] && grep -qx "postgresql-$major-pgaudit" <<<"$names"; then echo "$major"; fi
  done | sed -n 1p
}

explain_pgdg() {
  cat >&2 <<TEXT
This distribution's packages have no PostgreSQL $oldest or newer with pgaudit. PostgreSQL's own repository (PGDG) has; add it, and run this again:

  sudo apt-get install -y postgresql-common
  sudo /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y

(https://wiki.postgresql.org/wiki/Apt has other ways.)
TEXT
}

with_apt() {
  local major wanted=
  major=$(best_major)
  if [ -n "$major" ]; then
    wanted=$(missing "$major")
    [ -n "$wanted" ] || return 0
  fi
  echo "Installing what is missing (${wanted:-PostgreSQL, pgaudit, PgBouncer, pgBackRest}) with apt…"
  apt update
  major=${major:-$(newest_offered)}
  if [ -z "$major" ]; then
    explain_pgdg
    exit 1
  fi
  wanted=$(missing "$major")
  # Databases are made by the server only: the distribution's own cluster is not wanted.
  as_root mkdir -p /etc/postgresql-common/createcluster.d
  echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.d/orleansdaap.conf >/dev/null
  # shellcheck disable=SC2086 # a list of package names
  apt install -y --no-install-recommends $wanted >/dev/null
}

with_brew() {
  local formula
  for formula in postgresql@17 pgaudit pgbouncer pgbackrest; do
    brew list "$formula" >/dev/null 2>&1 || { echo "Installing $formula with brew…"; brew install "$formula"; }
  done
  [ "$for_tests" != tests ] || has npm || brew install node
}

if command -v apt-get >/dev/null; then
  with_apt
elif command -v brew >/dev/null; then
  with_brew
else
  # Tests that need Node.js are skipped without it.
  for_tests=
  major=$(best_major)
  if [ -z "$major" ] || [ -n "$(missing "$major")" ]; then
    echo "Neither apt-get nor brew is here. Install PostgreSQL $oldest or newer, its pgaudit, PgBouncer and pgBackRest by hand." >&2
    exit 1
  fi
fi
