// Package flow changes the onboarding of one user: each change is one transaction under
// the lock of the user's session, which writes the state and queues the work that follows.
//
// A submission is a piece of asked-for work, and its row is the fence: whatever a job does,
// its outcome is applied only while the submission is in progress and belongs to that very
// job, in one transaction with the end of the job (finish.go). The job of a worker that
// died is replaced, never run again (recovery.go).
//
// Locks are taken in the order session, step, submission, job.
package flow
