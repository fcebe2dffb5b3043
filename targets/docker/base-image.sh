#!/bin/sh
# Makes the image debian:bookworm-slim, which every store image builds on, where no registry can be reached.
# Does nothing when the image is there. Needs: a Docker engine, a Debian mirror, root (debootstrap makes a file system).
set -eu

image=debian:bookworm-slim
suite=bookworm
pull_timeout_s=120

say() { printf 'base-image: %s\n' "$*"; }
fail() { printf 'base-image: %s\n' "$*" >&2; exit 1; }

command -v docker >/dev/null 2>&1 || fail "there is no docker command; install the Docker client (Debian: docker.io)"
docker version >/dev/null 2>&1 || fail "no Docker engine answers; start it, or set DOCKER_HOST to where it listens"

if docker image inspect "$image" >/dev/null 2>&1; then
  say "$image is here already"
  exit 0
fi

say "pulling $image (at most $pull_timeout_s s)"
if timeout "$pull_timeout_s" docker pull --quiet "$image" >/dev/null 2>&1; then
  say "pulled $image"
  exit 0
fi

say "it cannot be pulled: making it from Debian packages (about a minute)"
[ "$(id -u)" -eq 0 ] || fail "debootstrap needs root; run this script as root (sudo $0)"
if ! command -v debootstrap >/dev/null 2>&1; then
  say "installing debootstrap"
  apt-get update -q >/dev/null || fail "apt-get update failed"
  DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends debootstrap >/dev/null ||
    fail "debootstrap cannot be installed"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

if ! debootstrap --variant=minbase "$suite" "$work/root" >"$work/log" 2>&1; then
  tail -n 20 "$work/log" >&2
  fail "debootstrap failed; is a Debian mirror reachable, and does $work allow devices and programs?"
fi
rm -rf "$work"/root/var/cache/apt/archives/*.deb "$work"/root/var/lib/apt/lists/*
tar -C "$work/root" --exclude='./dev/*' --exclude='./proc/*' --exclude='./sys/*' -c . |
  docker import --change 'CMD ["bash"]' - "$image" >/dev/null || fail "docker import failed"
# A pipe hides a failed tar from the shell: what it made must run.
docker run --rm --network none "$image" sh -c 'command -v apt-get >/dev/null' ||
  fail "the image that was made does not run"
say "made $image"
