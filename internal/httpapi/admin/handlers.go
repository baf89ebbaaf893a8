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

// Config is what Admin are made of. Console may be left out.
type Config struct {
	// Pool assumes the system role. Nothing but the operations of operators uses it.
	Pool *postgres.Pool
	// Queues pauses and resumes queues.
	Queues *queue.Queues
	// Dead shows and replays dead jobs.
	Dead *bulk.DeadJobs
	// Console is the page of the queue, which expects to be served at PathConsole; nil
	// for none.
	Console http.Handler
	// PlainCookies lets the cookie of operators go over http, on a developer's machine.
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
	h.registerAudit()
	h.registerAnalytics()
	h.registerAdminUsers()
	h.registerAdminBulk()
	h.registerAdminQueues()
	h.registerAdminDead()
	h.serveSessions()
	h.serveConsole()
}
