package admin

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"time"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

// AuditInput chooses rows of the audit log.
type AuditInput struct {
	Actor   string    `query:"actor" maxLength:"255" example:"ops" doc:"Who did it: a user's id, operator for the command line."`
	UserID  string    `query:"user_id" maxLength:"255" example:"ada" doc:"Whom it was about."`
	Action  string    `query:"action" maxLength:"100" example:"account.delete" doc:"What was done. An operator's call is admin. with the id of the operation."`
	Changes bool      `query:"changes" example:"true" doc:"Leaves out what operators have only looked at."`
	Since   time.Time `query:"since" example:"2026-01-01T00:00:00Z" doc:"Not before this moment."`
	Until   time.Time `query:"until" example:"2027-01-01T00:00:00Z" doc:"Before this moment."`
	Before  int64     `query:"before" minimum:"1" example:"1000" doc:"The next_before of the page before this one."`
	Limit   int       `query:"limit" minimum:"1" maximum:"500" default:"50" example:"50" doc:"Rows of a page."`
}

// AuditBody is one page of the audit log.
type AuditBody struct {
	Entries    []AuditEntry `json:"entries" doc:"The newest first."`
	NextBefore *int64       `json:"next_before" example:"951" doc:"Asks for the next page; null at the end."`
}

// AuditEntry is one row of the audit log.
type AuditEntry struct {
	ID     int64          `json:"id" example:"1000"`
	At     time.Time      `json:"at" example:"2026-11-28T10:15:00Z"`
	Actor  string         `json:"actor" example:"ops"`
	Action string         `json:"action" example:"admin.listAudit"`
	UserID *string        `json:"user_id" example:"ada" doc:"Whom it was about; null where that is nobody or many."`
	Detail map[string]any `json:"detail" doc:"An object, without content of users."`
	Count  int            `json:"count" minimum:"1" example:"1" doc:"How often it was done on that day: what users and services repeat, and what is refused, has one entry a day (UTC), with the detail of the last."`
	LastAt time.Time      `json:"last_at" example:"2026-11-28T10:15:00Z" doc:"When it was done last."`
}

func (h *Handlers) listAudit(ctx context.Context, in *AuditInput) (*edge.Output[AuditBody], error) {
	if err := checkTexts(map[string]string{"actor": in.Actor, "action": in.Action, "user_id": in.UserID}); err != nil {
		return nil, err
	}
	rows, err := system.New(h.cfg.Pool).ListAuditLog(ctx, system.ListAuditLogParams{
		Before: cmp.Or(in.Before, math.MaxInt64), Actor: edge.OrNil(in.Actor), Action: edge.OrNil(in.Action),
		UserID: edge.OrNil(in.UserID), WithReads: !in.Changes,
		Since: in.Since, Until: cmp.Or(in.Until, endOfTime), MaxRows: int32(in.Limit) + 1, //nolint:gosec // a page
	})
	if err != nil {
		return nil, fmt.Errorf("list audit log: %w", err)
	}
	rows, next := edge.Page(rows, in.Limit, func(row system.ListAuditLogRow) int64 { return row.ID })
	return edge.OK(AuditBody{NextBefore: next, Entries: edge.Map(rows, func(row system.ListAuditLogRow) AuditEntry {
		return AuditEntry{
			ID: row.ID, At: row.At, Actor: row.Actor, Action: row.Action, UserID: edge.OrNil(row.UserID), Detail: row.Detail,
			Count: int(row.Count), LastAt: row.LastAt,
		}
	})}), nil
}

// endOfTime is later than any row.
var endOfTime = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
