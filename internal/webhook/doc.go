// Package webhook sends events to the receivers that operators name: what happened to users, by ids and versions.
//
// Each event is delivered at least once. Of one user a receiver gets an event only after the one before was taken or
// parked; a receiver that is down delays no other. Triggers of the database write the events, in the transactions of
// the changes.
package webhook
