// Package postgres connects to the database and reads what is stored into the types of the
// domain: pools, transactions of one user under row-level security, pipelines, announcements.
//
// The statements are compiled by sqlc: those of one user into package app, those that see the
// rows of all users into package system. It must know neither River, HTTP nor a rule of the
// domain beyond the types.
package postgres
