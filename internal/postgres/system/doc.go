// Package system holds the statements that see the rows of all users: recovery,
// upkeep, and the one reader of a process that feeds the streams. No handler that
// serves a user may import it.
package system
