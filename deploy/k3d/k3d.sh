#!/usr/bin/env bash
# A Kubernetes cluster on this machine with all that the control plane needs. Usage: k3d.sh up | install | deploy | down
# Every step may be repeated.
set -euo pipefail

cluster=orleansdaap
image=orleansdaap:k3d
cnpg=1.30.0
barman=0.14.0
cert_manager=1.21.0

# Says in one sentence what is missing.
need() {
  local program missing=()
  for program in "$@"; do
    command -v "$program" >/dev/null || missing+=("$program")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    echo "This needs $(join "${missing[@]}"), which $([ ${#missing[@]} -gt 1 ] && echo are || echo is) not installed: see https://docs.docker.com/get-docker, https://k3d.io and https://kubernetes.io/docs/tasks/tools." >&2
    exit 1
  fi
}

join() {
  local text=$1
  shift
  while [ $# -gt 1 ]; do text+=", $1"; shift; done
  echo "$text${1:+ and $1}"
}

need_docker() {
  docker info >/dev/null 2>&1 || { echo "Docker is installed and does not answer: start it, or join the group that may use it." >&2; exit 1; }
}

need_cluster() {
  k3d cluster list "$cluster" >/dev/null 2>&1 || { echo "There is no k3d cluster $cluster: run make cluster-up first." >&2; exit 1; }
}

kube() { kubectl --context "k3d-$cluster" "$@"; }

# 40 hexadecimal digits.
random() { od -An -N20 -tx1 /dev/urandom | tr -d ' \n'; }

# The base64 value of a key of a secret; empty when there is none.
secret() { kube --namespace "$1" get secret "$2" --ignore-not-found -o "go-template={{with index .data \"$3\"}}{{.}}{{end}}"; }

encoded() { printf %s "$1" | base64 | tr -d '\n'; }

# Values go through a pipe, where no list of processes shows them. Usage: apply_secret NAMESPACE NAME KEY BASE64 [KEY BASE64]…
apply_secret() {
  local namespace=$1 name=$2
  shift 2
  {
    printf 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: %s\n  namespace: %s\ndata:\n' "$name" "$namespace"
    while [ $# -gt 0 ]; do printf '  %s: %s\n' "$1" "$2"; shift 2; done
  } | kube apply --server-side -f - >/dev/null
}

up() {
  need docker k3d kubectl
  need_docker
  k3d cluster list "$cluster" >/dev/null 2>&1 || k3d cluster create --config cluster.yaml --wait
  k3d cluster start "$cluster" --wait
  kube wait --for=condition=Ready node --all --timeout=3m
}

install() {
  need docker k3d kubectl
  need_docker
  need_cluster
  kube apply --server-side -f "https://github.com/cert-manager/cert-manager/releases/download/v$cert_manager/cert-manager.yaml"
  kube apply --server-side -f "https://raw.githubusercontent.com/cloudnative-pg/cloudnative-pg/release-${cnpg%.*}/releases/cnpg-$cnpg.yaml"
  # The plugin's certificates come from cert-manager, whose webhook has to answer first.
  kube --namespace cert-manager rollout status deployment/cert-manager-webhook --timeout=5m
  kube --namespace cnpg-system rollout status deployment/cnpg-controller-manager --timeout=5m
  kube apply --server-side -f "https://github.com/cloudnative-pg/plugin-barman-cloud/releases/download/v$barman/manifest.yaml"
  kube --namespace cnpg-system rollout status deployment/barman-cloud --timeout=5m

  kube apply --server-side -f object-store/namespace.yaml
  if [ -z "$(secret object-store object-store key-id)" ]; then
    apply_secret object-store object-store key-id "$(encoded orleansdaap)" key-secret "$(encoded "$(random)")"
  fi
  kube apply --server-side -k object-store
  kube --namespace object-store wait --for=condition=Ready certificate/object-store --timeout=2m
  kube --namespace object-store rollout status deployment/object-store --timeout=5m
}

deploy() {
  local silo=${SILO:-Orleans}
  need docker k3d kubectl
  need_docker
  need_cluster
  if [ -z "$(secret object-store object-store key-id)" ]; then
    echo "The cluster has no object store yet: run make cnpg-install first." >&2
    exit 1
  fi
  docker build --file ../Containerfile --build-arg SILO="$silo" --tag "$image" ../..
  k3d image import "$image" --cluster "$cluster"

  kube apply --server-side -f ../base/namespace.yaml
  apply_secret orleansdaap orleansdaap-object-store \
    key-id "$(secret object-store object-store key-id)" \
    key-secret "$(secret object-store object-store key-secret)" \
    region "$(encoded us-east-1)" \
    ca.crt "$(secret object-store object-store-tls ca.crt)"
  if [ -z "$(secret orleansdaap orleansdaap-bootstrap-key key)" ]; then
    apply_secret orleansdaap orleansdaap-bootstrap-key key "$(encoded "$(random)")"
  fi
  kube apply --server-side --force-conflicts -k .
  # On the embedded silo one replica works and every other would stand by, never ready.
  if [ "$silo" = Embedded ]; then kube --namespace orleansdaap scale deployment/orleansdaap --replicas=1; fi
  kube --namespace orleansdaap wait --for=condition=Ready cluster/platform-database --timeout=10m
  # The image has the same name as before.
  kube --namespace orleansdaap rollout restart deployment/orleansdaap
  kube --namespace orleansdaap rollout status deployment/orleansdaap --timeout=5m
  cat <<TEXT
The API is reached with
  kubectl --context k3d-$cluster --namespace orleansdaap port-forward service/orleansdaap 8080:80
and the platform team's key with
  kubectl --context k3d-$cluster --namespace orleansdaap get secret orleansdaap-bootstrap-key -o go-template='{{.data.key | base64decode}}'
TEXT
}

down() {
  need docker k3d
  need_docker
  k3d cluster delete "$cluster"
}

cd "${BASH_SOURCE[0]%/*}"
case ${1:-} in
up | install | deploy | down) "$1" ;;
*)
  echo "Usage: k3d.sh up | install | deploy | down" >&2
  exit 2
  ;;
esac
