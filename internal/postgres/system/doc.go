// Package system holds the statements of the role onboarding_system, which sees the rows of
// all users: recovery, maintenance, operators, and the one reader that feeds the streams. No
// handler that serves a user may import it. sqlc generates it from the .sql files beside it.
package system
