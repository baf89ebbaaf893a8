package version

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/onboarding/submitted"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
)

// Analysis is the analysis of a website that a submission has made.
type Analysis struct {
	Submission onboarding.Submission
	Website    string
	Document   json.RawMessage
	// Provider is what made it.
	Provider string
}

// SaveAnalysis adds the statements that store a generated analysis, as a proposal if step 2
// holds one of the same website that the user has edited.
func SaveAnalysis(ctx context.Context, q *postgres.Queries, p *postgres.Pipeline, a Analysis) error {
	before, err := analysisBefore(ctx, q, a)
	if err != nil {
		return err
	}
	switch {
	case before != nil && before.Same:
		return a.confirm(ctx, p, before)
	case before == nil || !before.Edited || !before.Held:
		return a.replace(ctx, p, before, Generated)
	}
	decline(ctx, p, a.Submission.SessionID, Document{before.ID})
	_ = p.Propose(ctx, app.ProposeParams{
		SessionID: a.Submission.SessionID, UserID: a.Submission.UserID, AnalysisID: &before.ID,
		Version: int(before.NextVersion), Provider: a.Provider, SubmissionID: a.Submission.ID, Content: a.Document,
	})
	prune(ctx, p, a.Submission.SessionID)
	return nil
}

// analysisBefore returns how the stored analysis of the website stands to a, nil if there is none.
func analysisBefore(ctx context.Context, q *postgres.Queries, a Analysis) (*app.AnalysisBeforeRow, error) {
	before, err := q.AnalysisBefore(ctx, app.AnalysisBeforeParams{
		Analysis: a.Document, SessionID: a.Submission.SessionID, WebsiteUrl: a.Website,
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the stored analysis: %w", err)
	}
	return &before, nil
}

// confirm adds the statements that store what says the same as before.
func (a Analysis) confirm(ctx context.Context, p *postgres.Pipeline, before *app.AnalysisBeforeRow) error {
	decline(ctx, p, a.Submission.SessionID, Document{before.ID})
	return p.ConfirmAnalysis(ctx, app.ConfirmAnalysisParams{
		SubmissionID: a.Submission.ID, Analysis: a.Document, Provider: a.Provider, ID: before.ID,
	})
}

// replace adds the statements that store a in the place of the former analysis.
func (a Analysis) replace(
	ctx context.Context, p *postgres.Pipeline, before *app.AnalysisBeforeRow, origin Origin,
) error {
	params := app.SaveWebsiteAnalysisParams{
		SessionID: a.Submission.SessionID, UserID: a.Submission.UserID, WebsiteUrl: a.Website,
		SubmissionID: a.Submission.ID, Analysis: a.Document, Provider: a.Provider,
		Version: 1, Origin: string(origin), Edited: origin == Edited,
	}
	if before == nil {
		return p.SaveWebsiteAnalysis(ctx, params)
	}
	params.Version = int(before.NextVersion)
	decline(ctx, p, a.Submission.SessionID, Document{before.ID})
	_ = p.ArchiveAnalysis(ctx, before.ID)
	_ = p.SaveWebsiteAnalysis(ctx, params)
	prune(ctx, p, a.Submission.SessionID)
	return nil
}

// ImportAnalysis adds the statements that store an analysis that the client has posted over
// what was measured of the same website. If it is what was proposed, that is accepted.
func ImportAnalysis(
	ctx context.Context, q *postgres.Queries, p *postgres.Pipeline, s onboarding.Submission, website string,
	posted onboarding.FlatAnalysis,
) error {
	var held *onboarding.Analysis
	a := Analysis{Submission: s, Website: website, Provider: client}
	switch stored, err := postgres.AnalysisOf(ctx, q, s.UserID, website); {
	case err == nil:
		held, a.Provider = &stored.Analysis, stored.Provider
	case !errors.Is(err, onboarding.ErrNotFound):
		return err
	}
	var err error
	if a.Document, err = json.Marshal(submitted.Analysis(posted, held)); err != nil {
		return fmt.Errorf("encode analysis: %w", err)
	}
	before, err := analysisBefore(ctx, q, a)
	switch {
	case err != nil:
		return err
	case before != nil && before.Same:
		return a.confirm(ctx, p, before)
	case before == nil:
		return a.replace(ctx, p, before, Edited)
	}
	proposal, err := proposedAnalysis(ctx, q, s.SessionID, before.ID, posted)
	if err != nil {
		return err
	}
	if proposal == 0 {
		return a.replace(ctx, p, before, Edited)
	}
	as := acceptedAs(proposal, before.Version, int(before.NextVersion))
	Document{before.ID}.accept(ctx, p, s.SessionID, proposal, as, &s.ID)
	return nil
}

// proposedAnalysis returns the number of the proposal that posted says nothing else than, 0 for none.
func proposedAnalysis(
	ctx context.Context, q *postgres.Queries, sessionID uuid.UUID, id int64, posted onboarding.FlatAnalysis,
) (int, error) {
	row, err := q.ProposedVersion(ctx, app.ProposedVersionParams{SessionID: sessionID, AnalysisID: &id})
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the proposed analysis: %w", err)
	}
	var proposed onboarding.Analysis
	if err := json.Unmarshal(row.Content, &proposed); err != nil {
		return 0, fmt.Errorf("decode the proposed analysis: %w", err)
	}
	over := submitted.Analysis(posted, &proposed)
	over.Style.Meta = proposed.Style.Meta
	with, err := json.Marshal(over)
	if err != nil {
		return 0, fmt.Errorf("encode the posted analysis: %w", err)
	}
	without, err := json.Marshal(proposed)
	if err != nil {
		return 0, fmt.Errorf("encode the proposed analysis: %w", err)
	}
	if !bytes.Equal(with, without) {
		return 0, nil
	}
	return row.Version, nil
}

// EditAnalysis stores what the user has made of a stored analysis.
func EditAnalysis(
	ctx context.Context, q *postgres.Queries, sessionID uuid.UUID, stored onboarding.StoredAnalysis,
	edited json.RawMessage,
) error {
	before, err := analysisBefore(ctx, q, Analysis{
		Submission: onboarding.Submission{SessionID: sessionID}, Website: stored.Website, Document: edited,
	})
	if err != nil || before == nil || before.Same {
		return err
	}
	p := postgres.NewPipeline()
	_ = p.ArchiveAnalysis(ctx, stored.ID)
	_ = p.UpdateWebsiteAnalysis(ctx, app.UpdateWebsiteAnalysisParams{
		Analysis: edited, Version: int(before.NextVersion), ID: stored.ID,
	})
	prune(ctx, p, sessionID)
	return run(ctx, p, q)
}

// OrProposedAnalysis returns the analysis that a submission has generated while it waits for the
// user, else stored, and which of them it is.
func OrProposedAnalysis(
	ctx context.Context, q *postgres.Queries, s onboarding.Submission, stored onboarding.StoredAnalysis,
) (_ onboarding.StoredAnalysis, proposed bool, err error) {
	found, err := q.ProposalOf(ctx, app.ProposalOfParams{UserID: s.UserID, SubmissionID: s.ID})
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return stored, false, nil
	case err != nil:
		return stored, false, fmt.Errorf("read the proposed analysis: %w", err)
	}
	row := found.DocumentVersion
	proposal := onboarding.StoredAnalysis{
		ID: stored.ID, Website: stored.Website, SubmissionID: s.ID, Provider: row.Provider, Version: row.Version,
		CreatedAt: row.MadeAt, UpdatedAt: row.MadeAt,
	}
	if err := json.Unmarshal(row.Content, &proposal.Analysis); err != nil {
		return stored, false, fmt.Errorf("decode the proposed analysis: %w", err)
	}
	return proposal, true, nil
}
