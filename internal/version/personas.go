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
	// Posted reports whether the client has posted them.
	Posted bool

	row    *app.SavePersonasParams
	before *app.PersonasBeforeRow // nil if none are stored
	steps  []step
}

// ImportedPersonas are personas that the client has posted.
func ImportedPersonas(s onboarding.Submission, posted onboarding.Personas) *Personas {
	return &Personas{Submission: s, Personas: posted, Engine: client, Provider: client, Posted: true}
}

// storedPersonas is the content of a version: the columns of persona_data.
type storedPersonas struct {
	onboarding.Personas
	Engine   string               `json:"engine"`
	Warnings []onboarding.Warning `json:"warnings"`
}

// read reads what the personas replace.
func (made *Personas) read(ctx context.Context, q *postgres.Queries) (err error) {
	if made.row == nil {
		if made.row, err = made.newRow(); err != nil {
			return err
		}
	}
	made.before = nil
	before, err := q.PersonasBefore(ctx, app.PersonasBeforeParams{
		CorePersona: made.row.CorePersona, PlatformPersonas: made.row.PlatformPersonas, SessionID: made.row.SessionID,
	})
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil
	case err != nil:
		return fmt.Errorf("read the stored personas: %w", err)
	}
	made.before = &before
	return nil
}

// decide decides what becomes of the personas: they are stored, or a proposal if step 4 holds personas that
// the user has edited. If posted ones are what was proposed, that is accepted. Media is stored beside the
// personas of a session, where others of that name replace it.
func (made *Personas) decide() error {
	if err := made.decideWithoutMedia(); err != nil || len(made.Media) == 0 {
		return err
	}
	media, err := json.Marshal(made.Media)
	if err != nil {
		return fmt.Errorf("encode media: %w", err)
	}
	made.steps = append(made.steps, func(ctx context.Context, q *postgres.Queries) error {
		return q.SavePersonaMedia(ctx, app.SavePersonaMediaParams{SessionID: made.row.SessionID, Media: media})
	})
	return nil
}

func (made *Personas) decideWithoutMedia() error {
	before := made.before
	switch {
	case before == nil:
		made.steps = []step{made.save()}
	case made.Posted && before.Proposal != 0 && !before.Same:
		proposal := int(before.Proposal)
		as := acceptedAs(proposal, before.Version, int(before.NextVersion))
		made.steps = Document{}.accept(made.row.SessionID, proposal, as, &made.Submission.ID)
	case before.Same:
		made.steps = []step{decline(made.row.SessionID, Document{}), made.confirm()}
	case made.Posted, !before.Edited, !before.Held:
		made.replace()
	default:
		return made.propose()
	}
	return nil
}

// propose keeps the personas as a proposal.
func (made *Personas) propose() error {
	row := made.row
	personas := made.Personas
	personas.Media = nil // stored beside
	content, err := json.Marshal(storedPersonas{personas, made.Engine, warningsOf(made.Warnings)})
	if err != nil {
		return fmt.Errorf("encode proposed personas: %w", err)
	}
	made.steps = []step{decline(row.SessionID, Document{}), func(ctx context.Context, q *postgres.Queries) error {
		return q.Propose(ctx, app.ProposeParams{
			SessionID: row.SessionID, UserID: row.UserID, Version: int(made.before.NextVersion), Provider: row.Provider,
			SubmissionID: row.SubmissionID, BasedOn: row.BasedOn, Content: content,
		})
	}, prune(row.SessionID)}
	return nil
}

// confirm stores what is the same as before.
func (made *Personas) confirm() step {
	row := *made.row
	return func(ctx context.Context, q *postgres.Queries) error {
		return q.ConfirmPersonas(ctx, app.ConfirmPersonasParams{
			BasedOn: row.BasedOn, SubmissionID: row.SubmissionID, QualityMetrics: row.QualityMetrics,
			SelectedPlatforms: row.SelectedPlatforms, Engine: row.Engine, Provider: row.Provider, Warnings: row.Warnings,
			SessionID: row.SessionID,
		})
	}
}

// replace saves the personas in the place of the former ones.
func (made *Personas) replace() {
	session := made.row.SessionID
	made.steps = []step{
		decline(session, Document{}), Document{}.archive(session), made.save(), prune(session),
	}
}

// save stores the personas as the next version.
func (made *Personas) save() step {
	row, origin := *made.row, Generated
	if made.Posted {
		origin = Edited
	}
	row.Version, row.Origin, row.Edited = 1, string(origin), made.Posted
	if made.before != nil {
		row.Version = int(made.before.NextVersion)
	}
	if made.before != nil && made.Posted {
		row.BasedOn = made.before.BasedOn
	}
	return func(ctx context.Context, q *postgres.Queries) error { return q.SavePersonas(ctx, row) }
}

// newRow is the row of persona_data, but for what depends on the former one.
func (made *Personas) newRow() (row *app.SavePersonasParams, err error) {
	s := made.Submission
	row = &app.SavePersonasParams{
		SessionID: s.SessionID, UserID: s.UserID, SubmissionID: s.ID, CorePersona: made.Core,
		QualityMetrics: made.Quality, SelectedPlatforms: append([]onboarding.Platform{}, made.Selected...),
		Engine: made.Engine, Provider: made.Provider,
	}
	if row.PlatformPersonas, err = json.Marshal(made.Platforms); err != nil {
		return nil, fmt.Errorf("encode platform personas: %w", err)
	}
	if row.Warnings, err = json.Marshal(warningsOf(made.Warnings)); err != nil {
		return nil, fmt.Errorf("encode warnings: %w", err)
	}
	if made.BasedOn == nil {
		return row, nil
	}
	if row.BasedOn, err = json.Marshal(made.BasedOn); err != nil {
		return nil, fmt.Errorf("encode what the personas were made from: %w", err)
	}
	return row, nil
}

// warningsOf returns a list that is not null.
func warningsOf(warnings []onboarding.Warning) []onboarding.Warning {
	return append([]onboarding.Warning{}, warnings...)
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
