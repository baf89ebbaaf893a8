package admin

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/queue"
)

// QueueBody is a queue as it is now.
type QueueBody struct {
	Name           string         `json:"name" example:"bulk"`
	Paused         bool           `json:"paused" example:"false"`
	PausedAt       *time.Time     `json:"paused_at" example:"2026-11-28T10:15:00Z"`
	Jobs           map[string]int `json:"jobs" example:"{\"available\": 12, \"running\": 5}" doc:"Those that have not ended, by state."`
	WaitingSeconds float64        `json:"waiting_seconds" example:"0.4" doc:"For how long the job that is due longest has waited."`
}

// QueuesBody lists the queues.
type QueuesBody struct {
	Queues []QueueBody `json:"queues"`
}

type queuePath struct {
	Name string `path:"name" maxLength:"100" example:"bulk"`
}

func (h *Handlers) registerAdminQueues() {
	register(h, huma.Operation{
		Method: http.MethodGet, Path: adminPath + "/queues", OperationID: "listQueues", Summary: "The queues and what waits in them",
	}, nil, func(ctx context.Context, _ *struct{}) (*edge.Output[QueuesBody], error) {
		queues, err := h.cfg.Queues.List(ctx)
		if err != nil {
			return nil, err
		}
		body := QueuesBody{Queues: make([]QueueBody, len(queues))}
		for i, queue := range queues {
			body.Queues[i] = queueBody(queue)
		}
		return edge.OK(body), nil
	})
	register(h, huma.Operation{
		Method: http.MethodPost, Path: adminPath + "/queues/{name}/pause", OperationID: "pauseQueue",
		Summary: "Pause a queue", Description: "No worker begins another of its jobs; those that run go on. Submissions are still taken. A paused queue stays paused, also over a restart.",
	}, []int{http.StatusNotFound}, func(ctx context.Context, in *queuePath) (*edge.Output[QueueBody], error) {
		return queueOutput(h.cfg.Queues.Pause(ctx, in.Name))
	})
	register(h, huma.Operation{
		Method: http.MethodPost, Path: adminPath + "/queues/{name}/resume", OperationID: "resumeQueue", Summary: "Go on with a queue",
	}, []int{http.StatusNotFound}, func(ctx context.Context, in *queuePath) (*edge.Output[QueueBody], error) {
		return queueOutput(h.cfg.Queues.Resume(ctx, in.Name))
	})
}

func queueOutput(queue queue.Queue, err error) (*edge.Output[QueueBody], error) {
	if err != nil {
		return nil, err
	}
	return edge.OK(queueBody(queue)), nil
}

func queueBody(queue queue.Queue) QueueBody {
	return QueueBody{
		Name: queue.Name, Paused: queue.PausedAt != nil, PausedAt: edge.UTC(queue.PausedAt), Jobs: queue.Jobs, WaitingSeconds: queue.Waiting.Seconds(),
	}
}
