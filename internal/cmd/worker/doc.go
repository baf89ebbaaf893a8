// Package worker holds the subcommands of the worker binary, one file each, and
// the report that prints an analysis for people.
//
// It wires: it may import every outbound package. It must not hold rules of the
// domain, SQL or job code, and it never ends the process: cmd/worker does, with
// the code that Exit returns.
package worker
