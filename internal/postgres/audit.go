package postgres

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/alwrity/onboarding/internal/postgres/app"
)

// NoteRepeated notes in the audit log what an actor did about the user that q is bound to. The log
// has one row for all repeats on a day (UTC): with their count, the time of the first and the last,
// and the detail of the last.
func NoteRepeated(ctx context.Context, q *Queries, actor, action string, detail map[string]any) error {
	document, err := json.Marshal(detail)
	if err == nil {
		err = q.NoteRepeated(ctx, app.NoteRepeatedParams{Actor: actor, Action: action, Detail: document})
	}
	if err != nil {
		return fmt.Errorf("write audit log: %w", err)
	}
	return nil
}
