// Package cli runs the command line of a program on cobra: long flags with one dash or
// two, one form of help, suggestions for typing errors, shell completion, the version,
// and the exit codes 0, 1 and 2.
package cli
