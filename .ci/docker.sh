# Sourced by run: start_docker makes a Docker engine and the two images available, stop_docker ends what it started.
# A Docker engine that already answers is used and left alone. Where Docker cannot be had, start_docker says why and
# returns 1; the specs that need it then report themselves as skipped.

engine_folder=
engine_pid=

start_docker() {
  if ! timeout 10 docker info >/dev/null 2>&1; then
    [ "$(id -u)" = 0 ] || { echo "docker: no engine answers, and only root can start one"; return 1; }
    command -v apt-get >/dev/null || { echo "docker: no engine answers, and there is no apt-get to install one"; return 1; }
    install_docker || { echo "docker: the package docker.io could not be installed"; return 1; }
    start_engine || { echo "docker: dockerd does not start here"; return 1; }
  fi
  echo "docker: engine $(docker info --format '{{.ServerVersion}}, storage {{.Driver}}')"
  local images="rehearsal/postgres:debian rehearsal/redis:debian"
  # shellcheck disable=SC2086
  docker image inspect $images >/dev/null 2>&1 || step 120 .ci/docker-images $images ||
    { echo "docker: the images could not be made from packages; specs ask for the public ones"; return 1; }
  export REHEARSAL_DOCKER_POSTGRES_IMAGE=rehearsal/postgres:debian REHEARSAL_DOCKER_REDIS_IMAGE=rehearsal/redis:debian
}

install_docker() {
  echo "docker: installing"
  step 90 apt-get update -qq || echo "docker: package lists are not fresh"
  command -v dockerd >/dev/null && command -v docker >/dev/null && return
  local packages=docker.io
  # Since Debian 13 the command line is a package of its own.
  apt-cache show docker-cli >/dev/null 2>&1 && packages="docker.io docker-cli"
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive step 150 apt-get install -y -qq --no-install-recommends $packages >/dev/null 2>&1
}

# Plain first; then without the firewall (published ports go through docker-proxy); then also without overlayfs.
start_engine() {
  timeout 10 docker info >/dev/null 2>&1 && return
  engine_folder=$(mktemp -d)
  export DOCKER_HOST="unix://$engine_folder/docker.sock"
  # Published ports are on the loopback only; testcontainers would guess another address where this is itself a container.
  export TESTCONTAINERS_HOST_OVERRIDE=127.0.0.1
  local flags
  for flags in "" "--iptables=false --ip6tables=false" "--iptables=false --ip6tables=false --storage-driver=vfs"; do
    # shellcheck disable=SC2086
    dockerd --host "$DOCKER_HOST" --ip 127.0.0.1 --data-root "$engine_folder/data" --exec-root "$engine_folder/exec" \
      --pidfile "$engine_folder/pid" $flags >"$engine_folder/log" 2>&1 &
    engine_pid=$!
    for _ in $(seq 60); do
      timeout 10 docker info >/dev/null 2>&1 && return
      kill -0 "$engine_pid" 2>/dev/null || break
      sleep 0.25
    done
    tail -n 2 "$engine_folder/log"
    stop_engine
  done
  unset DOCKER_HOST TESTCONTAINERS_HOST_OVERRIDE
  return 1
}

stop_engine() {
  [ -n "$engine_pid" ] || return 0
  kill "$engine_pid" 2>/dev/null && timeout 20 tail --pid="$engine_pid" -f /dev/null
  kill -KILL "$engine_pid" 2>/dev/null
  engine_pid=
}

stop_docker() {
  [ -n "$engine_pid" ] && docker ps --all --quiet | xargs -r docker rm --force --volumes >/dev/null 2>&1
  stop_engine
  [ -z "$engine_folder" ] || rm -rf "$engine_folder"
}
