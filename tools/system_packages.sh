#!/bin/sh
# Usage: system_packages.sh NAME...   with names out of chromium, postgresql, office, archives
# Installs the packages of the system that tests and benches need beside .venv. What is missing, what for, and what will be done about
# it is said first; on a terminal there are five seconds to stop it. SYSTEM_PACKAGES=skip installs nothing.
set -eu

packages=
required=
python=${PYTHON:-python3}
for name; do
  case "$name" in
    chromium)
      if ! command -v chromium >/dev/null || ! fc-list :lang=zh-cn 2>/dev/null | grep -q .; then
        packages="$packages chromium fonts-noto-cjk fontconfig"
        required=1
        echo "missing: chromium or a Chinese font, for the tests in a real browser" >&2
      fi ;;
    postgresql)
      if ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
        packages="$packages postgresql"
        echo "missing: postgresql, for the storage tests on it (skipped without)" >&2
      fi ;;
    office)
      if ! command -v soffice >/dev/null; then
        packages="$packages libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui"
        echo "missing: LibreOffice, for the tests of older office files (skipped without)" >&2
      fi ;;
    archives)
      if ! "$python" -c 'import ctypes.util, sys; sys.exit(not ctypes.util.find_library("archive"))'; then
        packages="$packages libarchive13"
        echo "missing: libarchive, for 7z and RAR archives (their tests are skipped without)" >&2
      fi ;;
    *) echo "system_packages.sh: $name is unknown" >&2; exit 2 ;;
  esac
done
[ -n "$packages" ] || exit 0

if [ "${SYSTEM_PACKAGES:-}" = skip ] || [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "not installed here; on Debian, as root: apt-get install$packages" >&2
  [ -z "$required" ] || [ "${SYSTEM_PACKAGES:-}" = skip ] || exit 1
  exit 0
fi
echo "apt-get will now install:$packages (SYSTEM_PACKAGES=skip leaves them out)" >&2
[ ! -t 2 ] || sleep 5
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# One by one: what is optional must not keep the rest away.
for package in $packages; do
  apt-get install -y -qq --no-install-recommends "$package" >/dev/null || echo "$package could not be installed" >&2
done
[ -z "$required" ] || command -v chromium >/dev/null
