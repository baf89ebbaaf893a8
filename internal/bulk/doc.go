// Package bulk does one thing to many users: bulk operations, whose items are queued in
// windows, and the dead jobs, which are listed and submitted again.
package bulk
