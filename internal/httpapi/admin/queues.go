package admin

import (
	"context"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/queue"
)

// QueuesBody lists the queues.
type QueuesBody struct {
	Queues []queue.Queue `json:"queues"`
}

type queuePath struct {
	Name string `path:"name" maxLength:"100" example:"bulk"`
}

func (h *Handlers) listQueues(ctx context.Context, _ *struct{}) (*edge.Output[QueuesBody], error) {
	queues, err := h.cfg.Queues.List(ctx)
	return edge.OK(QueuesBody{Queues: queues}), err
}

func (h *Handlers) pauseQueue(ctx context.Context, in *queuePath) (*edge.Output[queue.Queue], error) {
	paused, err := h.cfg.Queues.Pause(ctx, in.Name)
	return edge.OK(paused), err
}

func (h *Handlers) resumeQueue(ctx context.Context, in *queuePath) (*edge.Output[queue.Queue], error) {
	resumed, err := h.cfg.Queues.Resume(ctx, in.Name)
	return edge.OK(resumed), err
}
