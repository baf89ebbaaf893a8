// Package migrations holds the schema: River's migrations and ours, the two
// database roles, the partitions of the history, and the dump that is checked for
// drift.
//
// Up is the only place that runs DDL. It needs a connection of the owner.
// Migrations only add; what the previous release needs stays until Finish, which is called
// when none of its programs runs any more. Up
// makes its login a member of onboarding_system, so that a migration that touches
// rows sees them although FORCE ROW LEVEL SECURITY binds the owner.
package migrations
