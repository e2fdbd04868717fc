# Sourced by the scripts beside it: install Debian packages as root or through sudo.

stop() {
  echo "$*" >&2
  exit 1
}

find_chromium() {
  command -v chromium || command -v chromium-browser || command -v google-chrome
}

install_packages() {
  local sudo=() log
  if ! command -v apt-get >/dev/null; then
    stop "This machine lacks: $*. Please install it with the system's package manager."
  fi
  if [ "$(id -u)" -ne 0 ]; then
    if ! sudo -n true 2>/dev/null; then
      stop "This machine lacks: $*. Please run: sudo apt-get install $*"
    fi
    sudo=(sudo -n)
  fi
  echo "Installing $* from Debian." >&2
  log=$(mktemp)
  if ! { "${sudo[@]}" apt-get update -qq && "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "$@"; } </dev/null >"$log" 2>&1; then
    grep '^E:' "$log" | head -n 1 >&2 || true
    stop "This machine lacks: $*, and apt-get could not install it ($log has the rest)."
  fi
  rm -f "$log"
}
