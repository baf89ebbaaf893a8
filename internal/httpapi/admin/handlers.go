// Package admin has what is for operators: their API below /admin, the console of the
// queue and the session of their pages.
package admin

import (
	"net/http"

	"github.com/alwrity/onboarding/internal/bulk"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/queue"
)

// Config configures Handlers. Console may be left out.
type Config struct {
	// Pool assumes the system role. Only the operations of operators use it.
	Pool *postgres.Pool
	// Queues pauses and resumes queues.
	Queues *queue.Queues
	// Dead shows and replays dead jobs.
	Dead *bulk.DeadJobs
	// Console is the page of the queue, which expects to be served at PathConsole; nil
	// for none.
	Console http.Handler
	// PlainCookies allows the cookie of operators over http, on a developer's machine.
	PlainCookies bool
}

// Handlers are the handlers of operators' operations and pages.
type Handlers struct {
	edge *edge.Edge
	cfg  Config
}

// Register adds the operations and the pages.
func Register(e *edge.Edge, cfg Config) {
	h := &Handlers{edge: e, cfg: cfg}
	h.registerOperations()
	h.serveSessions()
	h.serveConsole()
}

func (h *Handlers) registerOperations() {
	register(h, "GET /audit", "listAudit", "Who did what with whose data", h.listAudit,
		edge.About("The filters add up. Rows are never changed nor deleted with the account."))
	register(h, "GET /analytics/funnel", "getFunnel", "How far users come", h.funnel,
		edge.About("About the sessions that began in these days, whatever the day of what happened to them. "+
			"Neither a reset nor the deletion of an account takes anything away."))
	register(h, "GET /analytics/timings", "getTimings", "How long steps take", h.timings,
		edge.About("About what was completed in these days. Medians and 95th percentiles are read from histograms and are at most 4.8 % off."))
	register(h, "GET /analytics/failures", "getFailures", "What failed, by step and code", h.failures,
		edge.About("Submissions that failed in these days. A failure has no engine."))
	register(h, "GET /analytics/daily", "getDaily", "What happened on each day", h.daily,
		edge.About("Every day (UTC) has an entry, whenever the sessions began."))
	register(h, "GET /users", "listUsers", "Find users", h.listUsers,
		edge.About("By the beginning of the id and by where one of their steps stands. The filters add up."))
	register(h, "GET /users/{user_id}", "getUserState", "Where a user stands, for support", h.userState,
		edge.About("Steps, work and history without anything that the user entered or got."))
	register(h, "POST /bulk-operations", "createOperation", "Do something to many users", h.createOperation, edge.Status(http.StatusAccepted),
		edge.About("Workers carry it out, each user in a transaction of its own. reset makes all steps pending and keeps data and keys; "+
			"retry_failed submits the last input of failed steps again; rebuild_inputs builds the personalization inputs; delete deletes the accounts."))
	register(h, "GET /bulk-operations", "listOperations", "The newest operations", h.listOperations)
	register(h, "GET /bulk-operations/{id}", "getOperation", "How far an operation is", h.operation)
	register(h, "GET /bulk-operations/{id}/items", "listOperationItems", "What became of each user", h.listOperationItems)
	register(h, "POST /bulk-operations/{id}/cancel", "cancelOperation", "End an operation", h.cancelOperation,
		edge.About("What is done stays done. One that has ended stays as it is."))
	register(h, "GET /queues", "listQueues", "The queues and what waits in them", h.listQueues)
	register(h, "POST /queues/{name}/pause", "pauseQueue", "Pause a queue", h.pauseQueue,
		edge.About("No worker begins another of its jobs; those that run go on. Submissions are still taken. A paused queue stays paused, also over a restart."))
	register(h, "POST /queues/{name}/resume", "resumeQueue", "Go on with a queue", h.resumeQueue)
	register(h, "GET /dead-jobs", "listDeadJobs", "Work that only operators can mend", h.listDeadJobs)
	register(h, "GET /dead-jobs/{id}", "getDeadJob", "One dead job", h.deadJob)
	register(h, "POST /dead-jobs/{id}/replay", "replayDeadJob", "Submit a dead job's input again", h.replayDeadJob,
		edge.About("Refused when something newer was submitted in its place. A second replay changes nothing."))
	register(h, "POST /dead-jobs/replay", "replayDeadJobs", "Submit the inputs of many dead jobs again", h.replayDeadJobs, edge.Waits(replayTime),
		edge.About("Those that the filter chooses and that nothing took the place of, the newest first, at most 200."))
}
