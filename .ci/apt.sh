# Sourced by the scripts beside it: install Debian packages as root or through sudo.

install_packages() {
  local sudo=()
  if ! command -v apt-get >/dev/null; then
    echo "This machine lacks: $*. Please install it with the system's package manager." >&2
    exit 1
  fi
  if [ "$(id -u)" -ne 0 ]; then
    if ! sudo -n true 2>/dev/null; then
      echo "This machine lacks: $*. Please run: sudo apt-get install $*" >&2
      exit 1
    fi
    sudo=(sudo -n)
  fi
  echo "Installing $* from Debian." >&2
  "${sudo[@]}" apt-get update -qq </dev/null >&2
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "$@" </dev/null >&2
}
