// Package ops is what operators see of a process: its log, its metrics, whether
// it lives and whether it is ready, and the port on which the last three are
// served.
//
// It owns the shape of these. It must not know what a process does: checks and
// metrics come from its caller.
package ops
