// Command dev runs the whole system on one machine: a local PostgreSQL unless
// DATABASE_URL names one, the migrations, the api, a worker and a website to
// analyse.
//
// It is a tool for people who work on the project. It starts the same programs
// that production runs, as child processes that end when it ends, and calls
// them by HTTP only. Nothing of production may depend on it.
package main
