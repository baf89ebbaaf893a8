package version

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

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
	// Value is a generated analysis, or that of the posted values alone.
	Value onboarding.Analysis
	// Posted is what the client has posted, nil for a generated analysis.
	Posted *onboarding.FlatAnalysis
	// Provider is what made a generated one.
	Provider string

	before *app.AnalysesBeforeRow // nil if none of the website is stored
	steps  []step
	row    analysisRow
	saved  *app.SaveAnalysesRow // nil if the value was not saved as it is
}

// analysisRow is what is saved in the place of a former analysis.
type analysisRow struct {
	saves    bool
	value    onboarding.Analysis
	document []byte
	provider string
	version  int
	origin   Origin
}

// Imported is an analysis that the client has posted.
func Imported(s onboarding.Submission, website string, posted onboarding.FlatAnalysis) *Analysis {
	return &Analysis{
		Submission: s, Website: website, Value: submitted.Analysis(posted, nil), Posted: &posted, Provider: client,
	}
}

// Stored is the analysis as Results.Write has stored it, nil if what is stored has to be read.
func (a *Analysis) Stored() *onboarding.StoredAnalysis {
	if a.saved == nil {
		return nil
	}
	return &onboarding.StoredAnalysis{
		ID: a.saved.ID, Website: a.Website, SubmissionID: a.Submission.ID, Provider: a.row.provider, Analysis: a.row.value,
		Version: a.row.version, Edited: a.row.origin == Edited, CreatedAt: a.saved.CreatedAt, UpdatedAt: a.saved.UpdatedAt,
	}
}

// WillSave reports, after Results.Decide, whether Stored will have the analysis.
func (a *Analysis) WillSave() bool { return a.row.saves }

// decide decides what becomes of the analysis: it is stored, or a proposal if step 2 holds one of the same
// website that the user has edited. A posted one is stored over what was measured of the same website; if it
// is what was proposed, that is accepted.
func (a *Analysis) decide() (err error) {
	b := a.before
	a.steps, a.saved = nil, nil
	a.row = analysisRow{value: a.Value, provider: a.Provider, version: 1, origin: Generated}
	var held onboarding.Analysis
	if b != nil {
		if err := json.Unmarshal(b.Analysis, &held); err != nil {
			return fmt.Errorf("decode the stored analysis: %w", err)
		}
		a.row.version = int(b.NextVersion)
	}
	if a.Posted != nil {
		a.row.origin = Edited
	}
	if a.Posted != nil && b != nil {
		a.row.value, a.row.provider = submitted.Analysis(*a.Posted, &held), b.Provider
	}
	if a.row.document, err = onboarding.EncodeAnalysis(a.row.value); err != nil {
		return fmt.Errorf("encode analysis: %w", err)
	}
	if b == nil {
		a.row.saves = true
		return nil
	}
	same, err := sameAnalysis(held, a.row.value)
	switch {
	case err != nil:
		return err
	case same:
		a.confirm()
	case a.Posted == nil && b.Edited && b.Held:
		a.propose()
	case a.Posted == nil:
		a.replace()
	default:
		return a.acceptOrReplace()
	}
	return nil
}

// confirm stores what says the same as before.
func (a *Analysis) confirm() {
	store := func(ctx context.Context, q *postgres.Queries) error {
		return q.ConfirmAnalysis(ctx, app.ConfirmAnalysisParams{
			SubmissionID: a.Submission.ID, Analysis: a.row.document, Provider: a.row.provider, ID: a.before.ID,
		})
	}
	a.steps = []step{decline(a.Submission.SessionID, Document{a.before.ID}), store}
}

func (a *Analysis) propose() {
	s := a.Submission
	a.steps = []step{decline(s.SessionID, Document{a.before.ID}), func(ctx context.Context, q *postgres.Queries) error {
		return q.Propose(ctx, app.ProposeParams{
			SessionID: s.SessionID, UserID: s.UserID, AnalysisID: &a.before.ID, Version: a.row.version,
			Provider: a.row.provider, SubmissionID: s.ID, Content: a.row.document,
		})
	}, prune(s.SessionID)}
}

// replace saves a in the place of the former analysis.
func (a *Analysis) replace() {
	d := Document{a.before.ID}
	a.steps = []step{decline(a.Submission.SessionID, d), d.archive(a.Submission.SessionID), prune(a.Submission.SessionID)}
	a.row.saves = true
}

// acceptOrReplace accepts the proposal if the posted values say nothing else, and replaces the analysis otherwise.
func (a *Analysis) acceptOrReplace() error {
	b := a.before
	proposed, err := isProposed(b.Proposed, *a.Posted)
	switch {
	case err != nil:
		return err
	case !proposed:
		a.replace()
	default:
		as := acceptedAs(int(b.Proposal), b.Version, int(b.NextVersion))
		a.steps = Document{b.ID}.accept(a.Submission.SessionID, int(b.Proposal), as, &a.Submission.ID)
	}
	return nil
}

// isProposed reports whether posted values say nothing else than a proposal, nil for none.
func isProposed(proposal []byte, posted onboarding.FlatAnalysis) (bool, error) {
	if proposal == nil {
		return false, nil
	}
	var proposed onboarding.Analysis
	if err := json.Unmarshal(proposal, &proposed); err != nil {
		return false, fmt.Errorf("decode the proposed analysis: %w", err)
	}
	return sameAnalysis(proposed, submitted.Analysis(posted, &proposed))
}

// sameAnalysis reports whether two analyses are the same, but for when and how they were made.
func sameAnalysis(a, b onboarding.Analysis) (bool, error) {
	var documents [2][]byte
	for i, analysis := range []onboarding.Analysis{a, b} {
		analysis.Style.Meta, analysis.Crawl.Timestamp = onboarding.Meta{}, time.Time{}
		var err error
		if documents[i], err = json.Marshal(analysis); err != nil {
			return false, fmt.Errorf("encode an analysis to compare: %w", err)
		}
	}
	return bytes.Equal(documents[0], documents[1]), nil
}

// readAnalyses reads what the analyses replace.
func readAnalyses(ctx context.Context, q *postgres.Queries, analyses []*Analysis) error {
	var params app.AnalysesBeforeParams
	for _, a := range analyses {
		params.SessionIds = append(params.SessionIds, a.Submission.SessionID)
		params.Websites = append(params.Websites, a.Website)
		a.before = nil
	}
	if len(analyses) == 0 {
		return nil
	}
	rows, err := q.AnalysesBefore(ctx, params)
	if err != nil {
		return fmt.Errorf("read the stored analyses: %w", err)
	}
	for _, row := range rows {
		for _, a := range analyses {
			if a.Submission.SessionID == row.SessionID {
				a.before = &row
			}
		}
	}
	return nil
}

// saveAnalyses saves those of the analyses that replace others, with one statement.
func saveAnalyses(ctx context.Context, q *postgres.Queries, analyses []*Analysis) error {
	var params app.SaveAnalysesParams
	for _, a := range analyses {
		if !a.row.saves {
			continue
		}
		params.SessionIds = append(params.SessionIds, a.Submission.SessionID)
		params.UserIds, params.Websites = append(params.UserIds, a.Submission.UserID), append(params.Websites, a.Website)
		params.SubmissionIds = append(params.SubmissionIds, a.Submission.ID)
		params.Analyses, params.Providers = append(params.Analyses, a.row.document), append(params.Providers, a.row.provider)
		params.Versions = append(params.Versions, int32(a.row.version)) //nolint:gosec // counts changes
		params.Origins = append(params.Origins, string(a.row.origin))
		params.Edited = append(params.Edited, a.row.origin == Edited)
	}
	if len(params.SessionIds) == 0 {
		return nil
	}
	rows, err := q.SaveAnalyses(ctx, params)
	if err != nil {
		return fmt.Errorf("save analyses: %w", err)
	}
	for _, row := range rows {
		for _, a := range analyses {
			if a.Submission.SessionID == row.SessionID && a.row.saves {
				a.saved = &row
			}
		}
	}
	return nil
}

// EditAnalysis stores what the user has made of a stored analysis.
func EditAnalysis(
	ctx context.Context, q *postgres.Queries, sessionID uuid.UUID, stored onboarding.StoredAnalysis,
	edited onboarding.Analysis,
) error {
	a := &Analysis{Submission: onboarding.Submission{SessionID: sessionID}, Website: stored.Website}
	if err := readAnalyses(ctx, q, []*Analysis{a}); err != nil || a.before == nil {
		return err
	}
	same, err := sameAnalysis(stored.Analysis, edited)
	if err != nil || same {
		return err
	}
	document, err := onboarding.EncodeAnalysis(edited)
	if err != nil {
		return fmt.Errorf("encode analysis: %w", err)
	}
	update := func(ctx context.Context, q *postgres.Queries) error {
		return q.UpdateWebsiteAnalysis(ctx, app.UpdateWebsiteAnalysisParams{
			Analysis: document, Version: int(a.before.NextVersion), ID: stored.ID,
		})
	}
	return run(ctx, q, Document{stored.ID}.archive(sessionID), update, prune(sessionID))
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
