// Package worker holds the commands of the worker program, one file each, and the
// reports that they print for people. It wires the packages of the program together:
// rules, SQL and job code stand elsewhere, and cmd/worker ends the process.
package worker
