#!/usr/bin/env bash
# Installs the lane as a service. Run as root from a built checkout. Safe to run again: it upgrades in place.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: systemd/install.sh [--prefix /opt/tillsight] [--no-start]

  --prefix DIR   where the daemon will live (default /opt/tillsight)
  --no-start     install and enable, but do not start
TEXT
}

prefix=/opt/tillsight
start=yes
while [ $# -gt 0 ]; do
  case "$1" in
    --prefix) prefix=${2:?--prefix needs a folder}; shift 2 ;;
    --no-start) start=no; shift ;;
    -h|--help) usage; exit 0 ;;
    *) echo "install: unknown option $1" >&2; usage >&2; exit 2 ;;
  esac
done

[ "$(id -u)" = 0 ] || { echo "install: run it as root: sudo systemd/install.sh" >&2; exit 1; }
here=$(cd "$(dirname "$0")/.." && pwd)
[ -f "$here/edge-daemon/dist/main.js" ] || { echo "install: not built yet; run 'npm run bootstrap && npm run build' in $here first" >&2; exit 1; }

# The unit hides home folders, so a Node of a version manager there would not be found at start.
node=$(command -v node) || { echo "install: root finds no node; install Node 20.19 or newer for all users" >&2; exit 1; }
case "$(readlink -f "$node")" in
  /home/*|/root/*) echo "install: $node lies in a home folder, which the service cannot see; install Node for all users" >&2; exit 1 ;;
esac

id tillsight >/dev/null 2>&1 || useradd --system --home-dir /var/lib/tillsight --shell /usr/sbin/nologin tillsight
# For commands by hand; the unit itself names the groups again.
for group in dialout video render; do
  if getent group "$group" >/dev/null; then usermod -aG "$group" tillsight; fi
done
install -d -m 0755 "$(dirname "$prefix")"
# The running version stays whole until the new one stands beside it.
rm -rf "$prefix.next"
cp -a "$here" "$prefix.next"
rm -rf "$prefix.next/.git" "$prefix.next/.tillsight"
rm -rf "$prefix.previous"
[ -e "$prefix" ] && mv "$prefix" "$prefix.previous"
mv "$prefix.next" "$prefix"

install -d -m 0750 -o root -g tillsight /etc/tillsight
if [ ! -f /etc/tillsight/tillsight.json ]; then
  printf '{\n  "dataDir": "/var/lib/tillsight",\n  "camera": { "source": "/dev/video0" },\n  "till": { "path": "/dev/ttyUSB0" }\n}\n' > /etc/tillsight/tillsight.json
  chown root:tillsight /etc/tillsight/tillsight.json
  chmod 0640 /etc/tillsight/tillsight.json
fi

sed -e "s#/opt/tillsight#$prefix#g" -e "s#/usr/bin/node#$node#g" "$here/systemd/tillsight.service" > /etc/systemd/system/tillsight.service
# Root runs it as the service's user, so that no file of the lane ends up belonging to root.
cat > /usr/local/bin/tillsight <<TEXT
#!/bin/sh
[ "\$(id -u)" != 0 ] || exec runuser -u tillsight -- "\$0" "\$@"
exec $node $prefix/edge-daemon/dist/main.js "\$@"
TEXT
chmod 0755 /usr/local/bin/tillsight
install -m 0644 "$here/systemd/99-tillsight.rules" /etc/udev/rules.d/99-tillsight.rules
udevadm control --reload 2>/dev/null || true
systemctl daemon-reload
systemctl enable tillsight.service
[ "$start" = no ] || systemctl restart tillsight.service
echo "Tillsight is installed in $prefix. Next: edit /etc/tillsight/tillsight.json, then 'sudo tillsight doctor'."
