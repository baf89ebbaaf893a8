package console

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
	"riverqueue.com/riverui"

	"github.com/alwrity/onboarding/internal/queue"
)

// New returns River's page of queues and jobs, which is to be served below prefix until ctx
// ends. Authentication and the protection against requests from other origins are up to the
// caller. Users' ids are shown as name returns them.
func New(
	ctx context.Context, pool *pgxpool.Pool, prefix string, name func(userID string) string, log *slog.Logger,
) (http.Handler, error) {
	log = slog.New(queue.NewLog(log.Handler()))
	client, err := queue.NewClient(pool, log)
	if err != nil {
		return nil, err
	}
	console, err := riverui.NewHandler(&riverui.HandlerOpts{
		Endpoints: riverui.NewEndpoints(client, nil), JobListHideArgsByDefault: true, Logger: log, Prefix: prefix,
	})
	if err != nil {
		return nil, fmt.Errorf("make the console of the queue: %w", err)
	}
	if err := console.Start(ctx); err != nil {
		return nil, fmt.Errorf("start the console of the queue: %w", err)
	}
	return &pseudonymous{next: console, jobs: prefix + "/api/jobs", name: name}, nil
}

// pseudonymous replaces the ids of users in the responses about jobs, because they are personal
// data.
type pseudonymous struct {
	next http.Handler
	jobs string // the address of the jobs
	name func(userID string) string
}

// ServeHTTP implements http.Handler.
func (n *pseudonymous) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet || !strings.HasPrefix(r.URL.Path, n.jobs) {
		n.next.ServeHTTP(w, r)
		return
	}
	held := &bufferedResponse{header: w.Header(), status: http.StatusOK}
	n.next.ServeHTTP(held, r)
	w.Header().Del("Content-Length")
	w.WriteHeader(held.status)
	// The only error is a client that has gone.
	_, _ = w.Write(n.rename(held.body.Bytes()))
}

// rename replaces the ids in a JSON document. Anything else is returned unchanged.
func (n *pseudonymous) rename(document []byte) []byte {
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return document
	}
	n.renameIn(value)
	renamed, err := json.Marshal(value)
	if err != nil { // it was decoded a moment ago
		return nil
	}
	return renamed
}

func (n *pseudonymous) renameIn(value any) {
	switch value := value.(type) {
	case []any:
		for _, element := range value {
			n.renameIn(element)
		}
	case map[string]any:
		for key, member := range value {
			text, ok := member.(string)
			switch {
			case ok && key == "user_id":
				value[key] = n.name(text)
			case ok && key == "args": // a document within a string
				value[key] = string(n.rename([]byte(text)))
			default:
				n.renameIn(member)
			}
		}
	}
}

// bufferedResponse keeps a response until it is rewritten.
type bufferedResponse struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (h *bufferedResponse) Header() http.Header            { return h.header }
func (h *bufferedResponse) WriteHeader(status int)         { h.status = status }
func (h *bufferedResponse) Write(part []byte) (int, error) { return h.body.Write(part) }
