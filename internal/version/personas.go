package version

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
)

// client names the client as the origin of a result.
const client = "client"

// Personas are the personas that a submission has made.
type Personas struct {
	Submission onboarding.Submission
	onboarding.Personas
	// Engine names the model that took part, Provider what made them.
	Engine, Provider string
	Warnings         []onboarding.Warning
	// BasedOn is the analysis that they were made from, nil if none is stored.
	BasedOn *onboarding.BasedOn
}

// storedPersonas is the content of a version: the columns of persona_data.
type storedPersonas struct {
	onboarding.Personas
	Engine   string               `json:"engine"`
	Warnings []onboarding.Warning `json:"warnings"`
}

// SavePersonas adds the statements that store generated personas, as a proposal if step 4 holds
// personas that the user has edited.
func SavePersonas(ctx context.Context, q *postgres.Queries, p *postgres.Pipeline, made Personas) error {
	row, err := made.row()
	if err != nil {
		return err
	}
	if row.BasedOn, err = encodeBasedOn(made.BasedOn); err != nil {
		return err
	}
	before, err := personasBefore(ctx, q, row)
	if err != nil {
		return err
	}
	switch {
	case before != nil && before.Same:
		confirmPersonas(ctx, p, row)
		return nil
	case before == nil || !before.Edited || !before.Held:
		replacePersonas(ctx, p, row, before, Generated)
		return nil
	}
	content, err := json.Marshal(storedPersonas{made.Personas, made.Engine, warningsOf(made.Warnings)})
	if err != nil {
		return fmt.Errorf("encode proposed personas: %w", err)
	}
	decline(ctx, p, row.SessionID, Document{})
	_ = p.Propose(ctx, app.ProposeParams{
		SessionID: row.SessionID, UserID: row.UserID, Version: int(before.NextVersion), Provider: row.Provider,
		SubmissionID: row.SubmissionID, BasedOn: row.BasedOn, Content: content,
	})
	prune(ctx, p, row.SessionID)
	return nil
}

// ImportPersonas adds the statements that store personas that the client has posted. If they are
// what was proposed, that is accepted.
func ImportPersonas(
	ctx context.Context, q *postgres.Queries, p *postgres.Pipeline, s onboarding.Submission, posted onboarding.Personas,
) error {
	row, err := Personas{Submission: s, Personas: posted, Engine: client, Provider: client}.row()
	if err != nil {
		return err
	}
	before, err := personasBefore(ctx, q, row)
	switch {
	case err != nil:
		return err
	case before == nil:
		replacePersonas(ctx, p, row, before, Edited)
	case before.Proposal != 0 && !before.Same:
		proposal := int(before.Proposal)
		as := acceptedAs(proposal, before.Version, int(before.NextVersion))
		Document{}.accept(ctx, p, row.SessionID, proposal, as, &s.ID)
	case before.Same:
		confirmPersonas(ctx, p, row)
	default:
		row.BasedOn = before.BasedOn
		replacePersonas(ctx, p, row, before, Edited)
	}
	return SaveMedia(ctx, p, s.SessionID, posted.Media)
}

// SaveMedia adds the statement that stores media beside the personas of a session, which others of that name replace.
func SaveMedia(ctx context.Context, p *postgres.Pipeline, session uuid.UUID, media onboarding.PersonaMedia) error {
	if len(media) == 0 {
		return nil
	}
	document, err := json.Marshal(media)
	if err != nil {
		return fmt.Errorf("encode media: %w", err)
	}
	_ = p.SavePersonaMedia(ctx, app.SavePersonaMediaParams{SessionID: session, Media: document})
	return nil
}

// row is the row of persona_data, but for what depends on the former one.
func (made Personas) row() (row app.SavePersonasParams, err error) {
	s := made.Submission
	row = app.SavePersonasParams{
		SessionID: s.SessionID, UserID: s.UserID, SubmissionID: s.ID, CorePersona: made.Core,
		QualityMetrics: made.Quality, SelectedPlatforms: append([]onboarding.Platform{}, made.Selected...),
		Engine: made.Engine, Provider: made.Provider,
	}
	if row.PlatformPersonas, err = json.Marshal(made.Platforms); err != nil {
		return row, fmt.Errorf("encode platform personas: %w", err)
	}
	if row.Warnings, err = json.Marshal(warningsOf(made.Warnings)); err != nil {
		return row, fmt.Errorf("encode warnings: %w", err)
	}
	return row, nil
}

// warningsOf returns a list that is not null.
func warningsOf(warnings []onboarding.Warning) []onboarding.Warning {
	return append([]onboarding.Warning{}, warnings...)
}

func encodeBasedOn(on *onboarding.BasedOn) ([]byte, error) {
	if on == nil {
		return nil, nil
	}
	document, err := json.Marshal(on)
	if err != nil {
		return nil, fmt.Errorf("encode what the personas were made from: %w", err)
	}
	return document, nil
}

// personasBefore returns how the stored personas stand to row, nil if there are none.
func personasBefore(
	ctx context.Context, q *postgres.Queries, row app.SavePersonasParams,
) (*app.PersonasBeforeRow, error) {
	before, err := q.PersonasBefore(ctx, app.PersonasBeforeParams{
		CorePersona: row.CorePersona, PlatformPersonas: row.PlatformPersonas, SessionID: row.SessionID,
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the stored personas: %w", err)
	}
	return &before, nil
}

// confirmPersonas adds the statements that store what is the same as before.
func confirmPersonas(ctx context.Context, p *postgres.Pipeline, row app.SavePersonasParams) {
	decline(ctx, p, row.SessionID, Document{})
	_ = p.ConfirmPersonas(ctx, app.ConfirmPersonasParams{
		BasedOn: row.BasedOn, SubmissionID: row.SubmissionID, QualityMetrics: row.QualityMetrics,
		SelectedPlatforms: row.SelectedPlatforms, Engine: row.Engine, Provider: row.Provider, Warnings: row.Warnings,
		SessionID: row.SessionID,
	})
}

// replacePersonas adds the statements that store row in the place of the former personas.
func replacePersonas(
	ctx context.Context, p *postgres.Pipeline, row app.SavePersonasParams, before *app.PersonasBeforeRow, origin Origin,
) {
	row.Version, row.Origin, row.Edited = 1, string(origin), origin == Edited
	if before == nil {
		_ = p.SavePersonas(ctx, row)
		return
	}
	row.Version = int(before.NextVersion)
	decline(ctx, p, row.SessionID, Document{})
	_ = p.ArchivePersonas(ctx, row.SessionID)
	_ = p.SavePersonas(ctx, row)
	prune(ctx, p, row.SessionID)
}

// ProposedPersonas returns the personas that a submission has generated while they wait for the
// user, onboarding.ErrNotFound otherwise.
func ProposedPersonas(
	ctx context.Context, q *postgres.Queries, userID string, submission uuid.UUID,
) (onboarding.StoredPersonas, error) {
	stored := onboarding.StoredPersonas{SubmissionID: submission}
	found, err := q.ProposalOf(ctx, app.ProposalOfParams{UserID: userID, SubmissionID: submission})
	if err := postgres.NotFound("proposed personas", err); err != nil {
		return stored, err
	}
	row := found.DocumentVersion
	var content storedPersonas
	if err := json.Unmarshal(row.Content, &content); err != nil {
		return stored, fmt.Errorf("decode proposed personas: %w", err)
	}
	stored.Personas, stored.Engine, stored.Warnings = content.Personas, content.Engine, content.Warnings
	stored.Version, stored.CreatedAt, stored.UpdatedAt = row.Version, row.MadeAt, row.MadeAt
	if row.BasedOn != nil {
		if err := json.Unmarshal(row.BasedOn, &stored.BasedOn); err != nil {
			return stored, fmt.Errorf("decode what the personas were made from: %w", err)
		}
	}
	return stored, nil
}
