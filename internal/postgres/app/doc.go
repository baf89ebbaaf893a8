// Package app holds the statements of the role onboarding_app, which sees the rows of one
// user at a time. sqlc generates it from the .sql files beside it.
package app
