// Package admin has what is for operators: their API below /admin, the console of the
// queue and the session of their pages.
package admin

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/alwrity/onboarding/internal/alert"
	"github.com/alwrity/onboarding/internal/bulk"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/httpapi/export"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/queue"
)

// Config configures Handlers. Console may be left out.
type Config struct {
	// Pool assumes the system role. Only the operations of operators use it.
	Pool *postgres.Pool
	// Analytics returns the pool that the analytics are read from; nil for Pool.
	Analytics func() *postgres.Pool
	// Queues pauses and resumes queues.
	Queues *queue.Queues
	// Dead shows and replays dead jobs.
	Dead *bulk.DeadJobs
	// Console is the page of the queue, which expects to be served at PathConsole; nil
	// for none.
	Console http.Handler
	// Prometheus tells which alerts fire; nil: as far as the database knows.
	Prometheus *alert.Prometheus
	// Grafana is the address of Grafana that links lead to, "" for none.
	Grafana string
	// ExportFolder takes the files of exports that are being sent.
	ExportFolder string
}

// Handlers are the handlers of operators' operations and pages.
type Handlers struct {
	edge    *edge.Edge
	cfg     Config
	exports *export.Desk
}

// Register adds the operations and the pages.
func Register(e *edge.Edge, cfg Config) {
	if cfg.Analytics == nil {
		cfg.Analytics = func() *postgres.Pool { return cfg.Pool }
	}
	h := &Handlers{edge: e, cfg: cfg, exports: export.NewDesk(cfg.ExportFolder)}
	h.registerOperations()
	h.serveSessions()
	h.serveConsole()
}

func (h *Handlers) registerOperations() {
	register(h, "GET /audit", "listAudit", "The audit log", h.listAudit,
		edge.About("All filters must match. Rows never change and outlive the account."))
	register(h, "GET /analytics/funnel", "getFunnel", "The funnel", h.funnel,
		edge.About("Covers the sessions that began in these days, whenever their steps happened. "+
			"Neither resets nor deleted accounts lower the counts."))
	register(h, "GET /analytics/cohorts", "getCohorts", "The funnel of each cohort", h.cohorts,
		edge.About("Covers the sessions that began in these days, by the week, engine, language, input or variant. Counted "+
			"as the funnel is."))
	register(h, "GET /analytics/stopped", "listStopped", "Users who stopped at a step, as CSV", h.stopped, csvContent,
		edge.About("Those of the funnel's lost and not_begun who still have an account."))
	register(h, "GET /analytics/timings", "getTimings", "How long steps take", h.timings,
		edge.About(
			"About what was completed in these days. Medians and 95th percentiles are read from histograms and are "+
				"at most 4.8 % off.",
		))
	register(h, "GET /analytics/failures", "getFailures", "Failures by step and code", h.failures,
		edge.About("Submissions that failed in these days. A failure has no engine."))
	register(h, "GET /analytics/daily", "getDaily", "Counts of each day", h.daily,
		edge.About("Every day (UTC) has an entry, whenever the sessions began."))
	register(h, "GET /users", "listUsers", "Find users", h.listUsers,
		edge.About("All filters must match. A page may have fewer users than asked for, none even, and a next one: the "+
			"search for a status that few users have goes on there."))
	register(h, "GET /users/{user_id}", "getUserState", "The state of a user, for support", h.userState,
		edge.About("Steps, work, model calls and history, without the user's content."))
	register(h, "POST /users/{user_id}/actions", "actOnUser", "Do something to one user", h.actOnUser,
		edge.Within(actionTime), edge.Refuses(http.StatusConflict),
		edge.About("At once, in one transaction; what it queues runs in the bulk queue. Each change is in the audit log."))
	register(h, "GET /users/{user_id}/export", "exportUser", "Everything that is stored about a user", h.exportUser,
		func(op *huma.Operation) { op.Responses["200"] = export.Described(h.edge) }, edge.Within(export.Timeout),
		edge.About("The same document that the user can export."))
	register(h, "GET /submissions/{id}", "getSubmission", "One submission", h.submission,
		edge.About("Its timeline, its job and its model calls, without what was submitted and what became of it."))
	register(h, "GET /failed-submissions", "listFailedSubmissions", "Submissions that failed", h.listFailed,
		edge.About("The newest first; the last field of a page asks for the next."))
	h.registerWork()
}

// registerWork adds the operations on many users, on queues and on dead jobs.
func (h *Handlers) registerWork() {
	register(h, "POST /bulk-operations", "createOperation", "Start an operation "+
		"on many users", h.createOperation, edge.Status(http.StatusAccepted),
		edge.About("Workers carry it out, each user in a transaction of its own. reset makes all steps pending and keeps "+
			"data and keys; "+
			"retry_failed submits the last input of failed steps again; rebuild_inputs builds the personalization inputs; "+
			"delete deletes the accounts."))
	register(h, "POST /bulk-operations/count", "countOperation", "Count the users of an operation", h.countOperation,
		edge.About("Takes the same body and starts nothing."))
	register(h, "GET /bulk-operations", "listOperations", "The newest operations", h.listOperations,
		edge.About("The newest first, each with how many of its users are done and how many failed."))
	register(h, "GET /bulk-operations/{id}", "getOperation", "The state of an operation", h.operation,
		edge.About("How many of its users are waiting, done and failed, and who asked for it."))
	register(h, "GET /bulk-operations/{id}/items", "listOperationItems", "The outcome for each user", h.listOperationItems,
		edge.About("In the order of the request; the last field of a page asks for the next."))
	register(h, "POST /bulk-operations/{id}/cancel", "cancelOperation", "Cancel an operation", h.cancelOperation,
		edge.About("Finished users stay changed. An operation that has ended does not change."))
	register(h, "GET /alerts", "getAlerts", "What fires now", h.alerts,
		edge.About("From Prometheus if PROMETHEUS_URL is set and answers, otherwise as far as the database knows."))
	register(h, "GET /work", "getWork", "Workers and jobs", h.work,
		edge.About("Who works, and what waits or runs, by kind."))
	register(h, "GET /throughput", "getThroughput", "What ended, and how soon work began", h.throughput,
		edge.About("Point by point, up to now. Percentiles are at most 4.8 % off."))
	register(h, "GET /queues", "listQueues", "The queues and their jobs", h.listQueues,
		edge.About("Each queue with its jobs by state, and whether it is paused."))
	register(h, "POST /queues/{name}/pause", "pauseQueue", "Pause a queue", h.pauseQueue,
		edge.About(
			"Workers start no further job of it; running jobs finish. Submissions are still accepted. It stays paused "+
				"across restarts.",
		))
	register(h, "POST /queues/{name}/resume", "resumeQueue", "Resume a queue", h.resumeQueue,
		edge.About("The jobs that waited meanwhile are taken in their order."))
	register(h, "GET /dead-jobs", "listDeadJobs", "List dead jobs", h.listDeadJobs,
		edge.About("The newest first, filtered by kind, code, user and time; the last field of a page asks for the "+
			"next."))
	register(h, "GET /dead-jobs/{id}", "getDeadJob", "One dead job", h.deadJob,
		edge.About("Why it failed, what it used up, and what a replay of it became."))
	register(h, "POST /dead-jobs/{id}/replay", "replayDeadJob", "Replay a dead job", h.replayDeadJob,
		edge.About("Submits its input again. Refused if something newer was submitted. A second replay changes nothing."))
	register(h, "POST /dead-jobs/replay", "replayDeadJobs", "Replay many dead jobs", h.replayDeadJobs,
		edge.Waits(replayTime),
		edge.About("Those that match the filter and were not replayed, the newest first, at most 200."))
}
