// Package e2e holds the tests that run the programs as processes: api and worker,
// a real PostgreSQL and a real website, with kills, stops and outages. It has no
// other code.
package e2e
