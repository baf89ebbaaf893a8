// Package jobs runs the jobs of a worker: it holds River's client, the table of kinds and a
// file for each kind.
//
// A job of a kind in the table of onboarding.Kinds works on a submission. Its worker is a
// function in the table of works (kinds.go), run by one adapter. The supervisor
// (middleware.go) loads the submission, decides what follows from the result (decision.go),
// and applies it by package flow: the outcome counts only while the submission is in progress
// and names this job.
//
// Two kinds of jobs belong to no submission and have River workers of their own. A bulk_item
// (bulk_item.go) changes one user for a bulk operation; it is fenced by the row of the item.
// The doctor (doctor.go) runs every minute; a run that fails is not repeated. Both are bulk
// work, and shorter than the time after which a job without a heartbeat counts as lost.
//
// The package knows neither HTTP nor how a website is fetched: the packages that crawl,
// analyse and ask models satisfy the small interfaces that are declared beside the workers.
package jobs
