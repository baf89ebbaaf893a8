// Package queue is what every user of River shares: the args of the jobs, the client that
// only inserts, the completion of a job within a transaction, its log and its traces.
package queue
