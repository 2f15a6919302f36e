# SPDX-License-Identifier: Apache-2.0
# What deploy/quickstart and tests/run share: words on the screen and installing Debian packages.
# Sourced by bash scripts that run with `set -euo pipefail`.
# shellcheck shell=bash

# Colours only where a person looks.
# shellcheck disable=SC2034  # used by the scripts that source this
if [[ -t 1 && -z ${NO_COLOR:-} && ${TERM:-dumb} != dumb ]]; then
  fb_bold=$'\e[1m' fb_green=$'\e[32m' fb_red=$'\e[31m' fb_plain=$'\e[0m'
else
  fb_bold='' fb_green='' fb_red='' fb_plain=''
fi

# fb_die SENTENCE [REMEDY]: the end, in words.
fb_die() {
  printf '%s%s: %s%s\n' "$fb_red" "${0##*/}" "$1" "$fb_plain" >&2
  [[ -z ${2:-} ]] || printf '  %s\n' "$2" >&2
  exit 1
}

# fb_packages FILE...: the packages that these lists name, one a line.
fb_packages() {
  sed -e 's/#.*//' -e 's/[[:space:]]*$//' -e '/^$/d' "$@" | sort -u
}

# fb_missing_packages FILE...: those of them that are not installed. Node.js counts as installed,
# with its npm, wherever it came from: other sources pack both into one package.
fb_missing_packages() {
  local package state
  while read -r package; do
    case $package in
      nodejs) ! command -v node >/dev/null || continue ;;
      npm) ! command -v npm >/dev/null || continue ;;
    esac
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [[ $state == installed ]] || printf '%s\n' "$package"
  done < <(fb_packages "$@")
}

# fb_install FILE...: installs what is missing, as root or through sudo; nothing when all is there.
fb_install() {
  local -a missing as_root=()
  command -v dpkg-query >/dev/null ||
    fb_die "this is not a Debian system" "install what deploy/packages/*.txt name, then build with cmake --preset release"
  mapfile -t missing < <(fb_missing_packages "$@")
  if ((${#missing[@]} == 0)); then
    printf 'all packages are installed\n'
    return
  fi
  printf 'installing %d packages: %s\n' "${#missing[@]}" "${missing[*]}"
  if ((EUID != 0)); then
    command -v sudo >/dev/null ||
      fb_die "packages are missing and this is neither root nor a system with sudo" \
        "as root: apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  local log
  log=$(mktemp)
  local -a apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y
    -o Dpkg::Use-Pty=0 -o Acquire::Retries=2)
  # The lists may be old or absent: a second try after an update, and only then a complaint.
  if ! "${apt[@]}" install --no-install-recommends "${missing[@]}" >"$log" 2>&1; then
    if ! { "${apt[@]}" update && "${apt[@]}" install --no-install-recommends "${missing[@]}"; } >>"$log" 2>&1; then
      tail -n 15 "$log" >&2
      fb_die "apt-get could not install the packages; its last lines are above, all of them in $log" \
        "is the network up, and do the package sources name Debian 12?"
    fi
  fi
  rm -f "$log"
}

# fb_npm SOURCE FOLDER: installs by the lock file in SOURCE into FOLDER, unless that lock is there
# already, and makes it the node_modules of SOURCE. Prints where that is.
fb_npm() {
  local source=$1 folder modules
  folder=$(realpath -m -- "$2")
  modules=$folder/node_modules
  if ! cmp -s "$source/package-lock.json" "$folder/installed-lock.json" || [[ ! -d $modules ]]; then
    mkdir -p "$folder"
    cp "$source/package.json" "$source/package-lock.json" "$folder/"
    # No scripts of packages run: what is needed lies in the packages as it is.
    npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund >"$folder/npm.log" 2>&1 || {
      tail -n 20 "$folder/npm.log" >&2
      fb_die "npm could not install what $source needs; its last lines are above"
    }
    cp "$source/package-lock.json" "$folder/installed-lock.json"
  fi
  [[ ! -d $source/node_modules || -L $source/node_modules ]] ||
    fb_die "$source/node_modules is a folder of its own" 'remove it, then run this again'
  ln -sfn "$modules" "$source/node_modules"
  printf '%s\n' "$modules"
}

# fb_seconds START: whole seconds since SECONDS was START.
fb_seconds() { printf '%d s' "$((SECONDS - $1))"; }
