package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/app"
)

// NotFound turns pgx.ErrNoRows into onboarding.ErrNotFound. It wraps any error with what was
// being read.
func NotFound(what string, err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		err = onboarding.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", what, err)
	}
	return nil
}

// decode reads a stored document.
func decode(what string, document []byte, into any) error {
	if err := json.Unmarshal(document, into); err != nil {
		return fmt.Errorf("decode %s: %w", what, err)
	}
	return nil
}

// decodeOptional is decode of a document that may be null.
func decodeOptional(what string, document []byte, into any) error {
	if document == nil {
		return nil
	}
	return decode(what, document, into)
}

// LatestAnalysis returns the analysis that is the result of userID's step 2, else
// the newest, with the website that was analysed last, onboarding.ErrNotFound if there is none.
func LatestAnalysis(ctx context.Context, pool *pgxpool.Pool, userID string) (onboarding.StoredAnalysis, error) {
	row, err := AsUser(pool, userID).LatestWebsiteAnalysis(ctx, userID)
	stored, err := analysisOf(row.WebsiteAnalysis, err)
	stored.LastWebsite = row.LastWebsite
	return stored, err
}

// AnalysisByID returns an analysis of the user that q is bound to, onboarding.ErrNotFound if
// there is none of that id.
func AnalysisByID(ctx context.Context, q *Queries, id int64) (onboarding.StoredAnalysis, error) {
	return analysisOf(q.GetWebsiteAnalysis(ctx, id))
}

// AnalysisOf returns userID's analysis of a website in the form of NormalizeURL,
// onboarding.ErrNotFound if there is none.
func AnalysisOf(ctx context.Context, q *Queries, userID, website string) (onboarding.StoredAnalysis, error) {
	return analysisOf(q.FindWebsiteAnalysis(ctx, app.FindWebsiteAnalysisParams{UserID: userID, WebsiteUrl: website}))
}

// Analyses returns all analyses of userID, the newest first, at most 100.
func Analyses(ctx context.Context, pool *pgxpool.Pool, userID string) ([]onboarding.StoredAnalysis, error) {
	rows, err := AsUser(pool, userID).ListWebsiteAnalyses(ctx, userID)
	if err != nil {
		return nil, fmt.Errorf("read website analyses: %w", err)
	}
	analyses := make([]onboarding.StoredAnalysis, len(rows))
	for i, row := range rows {
		if analyses[i], err = analysisOf(row, nil); err != nil {
			return nil, err
		}
	}
	return analyses, nil
}

// StoredAnalysis decodes a row.
func StoredAnalysis(row app.WebsiteAnalysis) (onboarding.StoredAnalysis, error) {
	return analysisOf(row, nil)
}

// HeldAnalysisHead names the analysis that is the result of userID's step 2, nil if there is none.
func HeldAnalysisHead(ctx context.Context, q *Queries, userID string) (*onboarding.AnalysisHead, error) {
	row, err := q.HeldAnalysisHead(ctx, userID)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the head of the website analysis: %w", err)
	}
	return &onboarding.AnalysisHead{
		BasedOn:      onboarding.BasedOn{AnalysisID: row.ID, Version: row.Version, Website: row.WebsiteUrl},
		RestoredFrom: orZero(row.RestoredFrom),
	}, nil
}

func analysisOf(row app.WebsiteAnalysis, err error) (onboarding.StoredAnalysis, error) {
	if err := NotFound("website analysis", err); err != nil {
		return onboarding.StoredAnalysis{}, err
	}
	stored := onboarding.StoredAnalysis{
		ID: row.ID, Website: row.WebsiteUrl, SubmissionID: row.SubmissionID, Provider: row.Provider,
		Version: row.Version, RestoredFrom: orZero(row.RestoredFrom), Edited: row.Edited,
		CreatedAt: row.CreatedAt, UpdatedAt: row.UpdatedAt,
	}
	return stored, decode("website analysis", row.Analysis, &stored.Analysis)
}

// Sitemaps returns the newest report on the sitemap of each website of userID, at most 200.
func Sitemaps(ctx context.Context, q *Queries, userID string) ([]onboarding.HeldSitemap, error) {
	rows, err := q.ListSitemaps(ctx, userID)
	if err != nil {
		return nil, fmt.Errorf("read sitemaps: %w", err)
	}
	held := make([]onboarding.HeldSitemap, len(rows))
	for i, row := range rows {
		held[i] = onboarding.HeldSitemap{Website: row.Website, At: row.At}
		if err := decode("sitemap", row.Report, &held[i].Report); err != nil {
			return nil, err
		}
	}
	return held, nil
}

// Preferences returns the research preferences of userID, onboarding.ErrNotFound if
// there are none.
func Preferences(ctx context.Context, q *Queries, userID string) (onboarding.ResearchPreferences, error) {
	return preferencesOf(q.GetPreferences(ctx, userID))
}

func preferencesOf(row app.ResearchPreference, err error) (onboarding.ResearchPreferences, error) {
	if err := NotFound("research preferences", err); err != nil {
		return onboarding.ResearchPreferences{}, err
	}
	preferences := onboarding.ResearchPreferences{
		ResearchDepth: row.ResearchDepth, ContentTypes: row.ContentTypes,
		AutoResearch: row.AutoResearch, FactualContent: row.FactualContent,
		CreatedAt: row.CreatedAt, UpdatedAt: row.UpdatedAt,
	}
	return preferences, decode("research findings", row.Findings, &preferences.Findings)
}

// Business returns the description of userID's business, onboarding.ErrNotFound if
// nothing.
func Business(ctx context.Context, q *Queries, userID string) (onboarding.BusinessInfo, error) {
	row, err := q.GetBusinessInfo(ctx, userID)
	if err := NotFound("business info", err); err != nil {
		return onboarding.BusinessInfo{}, err
	}
	return businessOf(row), nil
}

func businessOf(row app.BusinessInfo) onboarding.BusinessInfo {
	return onboarding.BusinessInfo{
		ID: row.ID, BusinessDescription: row.BusinessDescription, Industry: row.Industry,
		TargetAudience: row.TargetAudience, BusinessGoals: row.BusinessGoals,
		CreatedAt: row.CreatedAt, UpdatedAt: row.UpdatedAt,
	}
}

// Personas returns the newest personas of userID, onboarding.ErrNotFound if there
// are none.
func Personas(ctx context.Context, pool *pgxpool.Pool, userID string) (onboarding.StoredPersonas, error) {
	return personasOf(AsUser(pool, userID).GetPersonas(ctx, userID))
}

func personasOf(row app.PersonaDatum, err error) (onboarding.StoredPersonas, error) {
	if err := NotFound("personas", err); err != nil {
		return onboarding.StoredPersonas{}, err
	}
	stored := onboarding.StoredPersonas{
		Personas: onboarding.Personas{
			Core: row.CorePersona, Quality: row.QualityMetrics,
			Selected: row.SelectedPlatforms,
		},
		SubmissionID: row.SubmissionID, Version: row.Version, Edited: row.Edited,
		Engine: row.Engine, CreatedAt: row.CreatedAt, UpdatedAt: row.UpdatedAt,
	}
	return stored, errors.Join(
		decodeOptional("what the personas were made from", row.BasedOn, &stored.BasedOn),
		decode("platform personas", row.PlatformPersonas, &stored.Platforms),
		decode("warnings of the personas", row.Warnings, &stored.Warnings),
		decodeOptional("media of the personas", row.Media, &stored.Media),
	)
}

// Sources returns what userID's personas and inputs are made from, in one round trip:
// results that no reset has cleared.
func Sources(ctx context.Context, q *Queries, userID string) (sources onboarding.Sources, err error) {
	err = ReadTogether(ctx, q, func(q *Queries) error {
		all, err := ReadSources(ctx, q, []string{userID}, []string{userID})
		sources = all[userID]
		return err
	})
	return sources, err
}

// SourcesToBuild is Sources with the revision that inputs built from them have. That is read first: what
// changes meanwhile is a newer revision, which the end of the build notices.
func SourcesToBuild(
	ctx context.Context, q *Queries, userID string, sessionID uuid.UUID,
) (sources onboarding.Sources, revision int64, err error) {
	err = ReadTogether(ctx, q, func(q *Queries) (err error) {
		if revision, err = q.WantedRevision(ctx, sessionID); err != nil {
			return NotFound("wanted revision", err)
		}
		all, err := ReadSources(ctx, q, []string{userID}, []string{userID})
		sources = all[userID]
		return err
	})
	return sources, revision, err
}

// ReadTogether sends the statements of read in one round trip. It calls read twice: first to queue them.
func ReadTogether(ctx context.Context, q *Queries, read func(*Queries) error) error {
	p := NewPipeline()
	if err := read(p.Queries); err != nil {
		return err
	}
	return p.Read(ctx, q, read)
}

// ReadSources reads the Sources of users, a statement for each kind of source. Of the analyses it reads only
// those of the users analysed.
func ReadSources(
	ctx context.Context, q *Queries, userIDs, analysed []string,
) (map[string]onboarding.Sources, error) {
	all := make(map[string]onboarding.Sources, len(userIDs))
	set := func(userID string, change func(*onboarding.Sources)) {
		sources := all[userID]
		change(&sources)
		all[userID] = sources
	}
	var analyses []app.HeldWebsiteAnalysesRow
	var err error
	if len(analysed) > 0 {
		analyses, err = q.HeldWebsiteAnalyses(ctx, analysed)
	}
	for _, row := range analyses {
		analysis, decodeErr := analysisOf(row.WebsiteAnalysis, nil)
		err = errors.Join(err, decodeErr)
		set(row.WebsiteAnalysis.UserID, func(s *onboarding.Sources) { s.Analysis = &analysis })
	}
	research := app.HeldPreferencesParams{UserIds: userIDs, Step: onboarding.StepResearch}
	preferences, prefErr := q.HeldPreferences(ctx, research)
	err = errors.Join(err, prefErr)
	for _, row := range preferences {
		held, decodeErr := preferencesOf(row.ResearchPreference, nil)
		err = errors.Join(err, decodeErr)
		set(row.ResearchPreference.UserID, func(s *onboarding.Sources) { s.Preferences = &held })
	}
	personas, personaErr := q.HeldPersonas(ctx, userIDs)
	err = errors.Join(err, personaErr)
	for _, row := range personas {
		held, decodeErr := personasOf(row.PersonaDatum, nil)
		err = errors.Join(err, decodeErr)
		set(row.PersonaDatum.UserID, func(s *onboarding.Sources) { s.Personas = &held })
	}
	businesses, businessErr := q.ListBusinessInfo(ctx, userIDs)
	err = errors.Join(err, businessErr)
	for _, row := range businesses {
		business := businessOf(row)
		set(row.UserID, func(s *onboarding.Sources) { s.Business = &business })
	}
	if err != nil {
		return nil, fmt.Errorf("read sources: %w", err)
	}
	return all, nil
}

// Keys returns the stored API keys of userID by provider name.
func Keys(ctx context.Context, q *Queries, userID string) ([]onboarding.StoredKey, error) {
	rows, err := q.ListKeys(ctx, userID)
	if err != nil {
		return nil, fmt.Errorf("read API keys: %w", err)
	}
	keys := make([]onboarding.StoredKey, len(rows))
	for i, row := range rows {
		keys[i] = onboarding.StoredKey{
			Provider: row.Provider, Sealed: row.Sealed, LastFour: row.LastFour, Fingerprint: row.Fingerprint,
			BaseURL: row.BaseUrl, Model: row.Model, Description: row.Description,
			Status: row.Status, CheckCode: onboarding.FailureCode(orZero(row.CheckCode)), CheckedAt: row.CheckedAt,
			CreatedAt: row.CreatedAt, UpdatedAt: row.UpdatedAt,
		}
	}
	return keys, nil
}

// Checkpoints returns what a submission has kept of its work, by name.
func Checkpoints(ctx context.Context, q *Queries, submission uuid.UUID) (map[string]json.RawMessage, error) {
	rows, err := q.ListCheckpoints(ctx, submission)
	if err != nil {
		return nil, fmt.Errorf("read checkpoints: %w", err)
	}
	kept := make(map[string]json.RawMessage, len(rows))
	for _, row := range rows {
		kept[row.Name] = row.Document
	}
	return kept, nil
}

// PersonalizationInputs returns the inputs that were built last for userID,
// onboarding.ErrNotFound before the first build. One round trip to one row.
func PersonalizationInputs(ctx context.Context, pool *pgxpool.Pool, userID string) (onboarding.StoredInputs, error) {
	row, err := AsUser(pool, userID).GetInputs(ctx, userID)
	if err == nil && row.Inputs == nil {
		err = onboarding.ErrNotFound
	}
	if err := NotFound("personalization inputs", err); err != nil {
		return onboarding.StoredInputs{}, err
	}
	stored := onboarding.StoredInputs{Revision: orZero(row.Revision), BuiltAt: orZero(row.BuiltAt)}
	return stored, decode("personalization inputs", row.Inputs, &stored.Inputs)
}
