// Package postgres holds all SQL of the system and the pools that run it.
//
// The statements stand in queries/*.sql and are compiled by sqlc into this
// package: they serve one user at a time and see that user's rows only. The
// statements of package system see all rows; only recovery and upkeep use them.
//
// It must know neither River, HTTP nor a rule of the domain beyond the types.
package postgres
