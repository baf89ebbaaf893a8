// Package jobs is everything River: the kinds of work and their workers, the
// submission that queues them, the transaction that ends them, and the recovery
// of what a dead worker left.
//
// The kinds:
//
//	website_analysis        reads a website, or takes a text, and analyses its writing (step 2)
//	analysis_import         stores an analysis that the client has (step 2)
//	persona_generation      makes the core persona and one for each platform (step 4)
//	persona_import          stores personas that the client has (step 4)
//	personalization_inputs  builds what other services feed to their models
//	api_key_validation      makes one cheap live call with each stored key
//	bulk_item               does what a bulk operation asks for to one user
//	website_preview         analyses a website or a text for one answer
//	quality_assessment      scores personas that the client sends
//	sitemap_analysis        reads the sitemap of a website
//	competitor_discovery    asks a search provider for similar websites
//	doctor                  finds and repairs contradictory sessions, every minute
//
// A job names a submission; the submission's row is the fence. Whatever a worker
// does, its outcome is applied only while the submission is in progress and
// belongs to that very job, in one transaction with the job's own completion
// (outcome.go, finish.go). A job whose worker died is replaced, never run again
// (recovery.go).
//
// The package knows neither HTTP nor how a website is fetched: the outbound
// packages satisfy the small interfaces that are declared beside the workers.
package jobs
