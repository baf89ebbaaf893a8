package jobs

import (
	"context"
	"errors"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/alwrity/onboarding/internal/flow"
)

// endedRows is the outermost middleware. It keeps River from writing to the rows of jobs that have ended with their
// work, or that are in another run by now: River would complete any row of the id that is running.
type endedRows struct{ river.MiddlewareDefaults }

type endedKey struct{}

// Work implements rivertype.WorkerMiddleware.
func (*endedRows) Work(ctx context.Context, _ *rivertype.JobRow, next func(context.Context) error) error {
	ended := false
	err := next(context.WithValue(ctx, endedKey{}, &ended))
	if err == nil && ended {
		return noOutcomes{}
	}
	return err
}

// noteEnd tells endedRows that the row of the job is not River's to write any more.
func (d decision) noteEnd(ctx context.Context, err error) {
	switch d.action {
	case actionComplete, actionFail, actionInterrupt, actionMove:
		*ctx.Value(endedKey{}).(*bool) = d.written
	case actionDrop:
		*ctx.Value(endedKey{}).(*bool) = errors.Is(err, flow.ErrAnotherRun)
	case actionRetry, actionSnooze: // left to River
	}
}

// noOutcomes is an error with the outcomes of several jobs as River reads them: of none.
type noOutcomes struct{}

func (noOutcomes) Error() string { return "the jobs have ended with their work" }

// Jobs returns the jobs that River writes.
func (noOutcomes) Jobs() []*rivertype.JobRow { return nil }

// ErrorsByID returns the errors of those jobs.
func (noOutcomes) ErrorsByID() map[int64]error { return nil }
