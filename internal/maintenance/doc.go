// Package maintenance keeps a running database in order: the doctor that repairs
// contradictory sessions, the rollups of the analytics, the deletion of what is old, and
// the watching of queues and database.
package maintenance
