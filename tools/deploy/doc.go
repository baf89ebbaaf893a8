// Command deploy checks what the project is deployed by: compose.yaml, the Helm chart, the systemd units, the proxy's block,
// the configuration of Prometheus and Alertmanager, and the workflows.
//
// It renders, lints and strictly decodes all of it. Then it starts the programs from compose.yaml, from the chart's
// rendered objects and from the units as a container engine would: as user 65532 without privileges, on a read-only root,
// in a network of their own, with exactly the environment, files and folders that are written there. A user goes through the
// six steps of each. It needs Linux and root for that, and no container engine.
package main
