// Package pgtest gives each test a migrated database of its own, cloned from a
// template. It uses the server that TEST_DATABASE_URL names, or else starts one
// throw-away server for the test process; it never reads DATABASE_URL.
package pgtest
