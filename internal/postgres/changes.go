package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

// maxEvents bounds what one read returns of each session.
const maxEvents = 100

// Changes returns, in one statement, what happened to each of the sessions after
// the version that seen names for it. Sessions that have not changed are left out.
func Changes(ctx context.Context, db system.DBTX, seen map[uuid.UUID]int64) ([]onboarding.Change, error) {
	params := system.ListChangesParams{
		MaxEvents: maxEvents, Ids: make([]uuid.UUID, 0, len(seen)), Versions: make([]int64, 0, len(seen)),
	}
	for id, version := range seen {
		params.Ids, params.Versions = append(params.Ids, id), append(params.Versions, version)
	}
	rows, err := system.New(db).ListChanges(ctx, params)
	if err != nil {
		return nil, fmt.Errorf("read changes of sessions: %w", err)
	}
	var changes []onboarding.Change
	for _, row := range rows {
		if n := len(changes); n == 0 || changes[n-1].Session.ID != row.SessionID {
			changes = append(changes, changeFrom(row))
		}
		if row.Seq != 0 {
			last := &changes[len(changes)-1]
			last.Events = append(last.Events, eventFrom(row))
		}
	}
	return changes, nil
}

func changeFrom(row system.ListChangesRow) onboarding.Change {
	change := onboarding.Change{Gone: row.Gone, Session: onboarding.Session{
		ID: row.SessionID, UserID: row.UserID, Version: row.Version, CompletedAt: row.CompletedAt,
	}}
	for i := range min(len(row.Statuses), len(row.Results), onboarding.StepCount) {
		step := onboarding.Step{Number: onboarding.StepNumber(i + 1), Status: onboarding.StepStatus(row.Statuses[i])}
		if row.Results[i] != uuid.Nil {
			step.ResultSubmissionID = &row.Results[i]
		}
		change.Session.Steps[i] = step
	}
	return change
}

func eventFrom(row system.ListChangesRow) onboarding.StepEvent {
	return onboarding.StepEvent{
		Version: row.Seq, Step: row.Step, Status: onboarding.StepStatus(row.Status),
		SubmissionID: row.SubmissionID, Progress: row.Progress, Phase: row.Phase, Message: row.Message,
		FailureCode: onboarding.FailureCode(row.FailureCode),
		Age:         time.Duration(row.AgeSeconds * float64(time.Second)),
	}
}
