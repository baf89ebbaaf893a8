package admin

import (
	"context"
	"time"

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

func (h *Handlers) listQueues(ctx context.Context, _ *struct{}) (*edge.Output[QueuesBody], error) {
	queues, err := h.cfg.Queues.List(ctx)
	return edge.Respond(queues, err, func(all []queue.Queue) QueuesBody { return QueuesBody{Queues: edge.Map(all, queueBody)} })
}

func (h *Handlers) pauseQueue(ctx context.Context, in *queuePath) (*edge.Output[QueueBody], error) {
	paused, err := h.cfg.Queues.Pause(ctx, in.Name)
	return edge.Respond(paused, err, queueBody)
}

func (h *Handlers) resumeQueue(ctx context.Context, in *queuePath) (*edge.Output[QueueBody], error) {
	resumed, err := h.cfg.Queues.Resume(ctx, in.Name)
	return edge.Respond(resumed, err, queueBody)
}

func queueBody(queue queue.Queue) QueueBody {
	return QueueBody{
		Name: queue.Name, Paused: queue.PausedAt != nil, PausedAt: edge.UTC(queue.PausedAt), Jobs: queue.Jobs, WaitingSeconds: queue.Waiting.Seconds(),
	}
}
