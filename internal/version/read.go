package version

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
)

// Version is a version of a document without its content.
type Version struct {
	Number int
	State  State
	Origin Origin
	// Edited reports whether it has something that the user wrote.
	Edited bool
	// RestoredFrom is the version whose content it has again, nil if it was not restored.
	RestoredFrom *int
	// Provider is what made it: local, client, the model provider, mixed or unknown.
	Provider string
	// BasedOn is the analysis that personas were made from, nil if that is not known.
	BasedOn *onboarding.BasedOn
	MadeAt  time.Time
	// Bytes is about its size as JSON.
	Bytes int
}

// List returns the versions of a document of the user that q is bound to, the newest first. It
// returns onboarding.ErrNotFound for an analysis that the user does not have; without personas
// there are no versions.
func List(ctx context.Context, q *postgres.Queries, userID string, d Document) ([]Version, error) {
	rows, err := list(ctx, q, userID, d)
	if err != nil {
		return nil, fmt.Errorf("list versions: %w", err)
	}
	if len(rows) == 0 && d.AnalysisID != 0 {
		return nil, fmt.Errorf("list versions of analysis %d: %w", d.AnalysisID, onboarding.ErrNotFound)
	}
	versions := make([]Version, len(rows))
	for i, row := range rows {
		versions[i] = Version{
			Number: row.Version, State: State(row.State), Origin: Origin(row.Origin), Edited: row.Edited,
			RestoredFrom: row.RestoredFrom, Provider: row.Provider, MadeAt: row.MadeAt, Bytes: int(row.Bytes),
		}
		if row.BasedOn == nil {
			continue
		}
		if err := json.Unmarshal(row.BasedOn, &versions[i].BasedOn); err != nil {
			return nil, fmt.Errorf("decode what version %d was made from: %w", row.Version, err)
		}
	}
	return versions, nil
}

func list(
	ctx context.Context, q *postgres.Queries, userID string, d Document,
) (rows []app.ListPersonaVersionsRow, err error) {
	if d.AnalysisID == 0 {
		return q.ListPersonaVersions(ctx, userID)
	}
	of, err := q.ListAnalysisVersions(ctx, d.AnalysisID)
	for _, row := range of {
		rows = append(rows, app.ListPersonaVersionsRow(row))
	}
	return rows, err
}

// Get returns a version of a document of the user that q is bound to, with its content: an
// onboarding.Analysis, or onboarding.Personas. It returns onboarding.ErrNotFound for a version
// that is not kept.
func Get(
	ctx context.Context, q *postgres.Queries, userID string, d Document, number int,
) (v Version, content json.RawMessage, err error) {
	versions, err := List(ctx, q, userID, d)
	if err != nil {
		return v, nil, err
	}
	i := slices.IndexFunc(versions, func(v Version) bool { return v.Number == number })
	if i < 0 {
		return v, nil, fmt.Errorf("read version %d: %w", number, onboarding.ErrNotFound)
	}
	counts := 0
	if versions[i].State == Current {
		counts, content, err = current(ctx, q, userID, d)
	}
	if err == nil && counts != number { // or no longer
		content, err = q.GetVersion(ctx, app.GetVersionParams{UserID: userID, AnalysisID: d.id(), Version: number})
	}
	return versions[i], content, postgres.NotFound(fmt.Sprintf("version %d", number), err)
}

// current returns the number of the stored document and its content in the form of the other versions.
func current(
	ctx context.Context, q *postgres.Queries, userID string, d Document,
) (number int, content json.RawMessage, err error) {
	if d.AnalysisID != 0 {
		row, err := q.GetWebsiteAnalysis(ctx, d.AnalysisID)
		return row.Version, row.Analysis, err
	}
	row, err := q.GetPersonas(ctx, userID)
	if err != nil {
		return 0, nil, err
	}
	content, err = json.Marshal(map[string]any{
		"core_persona": json.RawMessage(row.CorePersona), "platform_personas": json.RawMessage(row.PlatformPersonas),
		"quality_metrics": json.RawMessage(row.QualityMetrics), "selected_platforms": row.SelectedPlatforms,
		"engine": row.Engine, "warnings": json.RawMessage(row.Warnings),
	})
	return row.Version, content, err
}
