// Package system holds the statements that see the rows of all users: recovery
// and upkeep. No handler that serves a user may import it.
package system
