package flow

import (
	"context"
	"fmt"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
)

// SubmitWebsite submits step 2 from a website or, without one, from a text of the
// user. The website is taken as the user typed it. It returns
// *onboarding.InputError for an address that can't be one.
func (s *Submitter) SubmitWebsite(
	ctx context.Context, userID string, input onboarding.WebsiteInput,
) (onboarding.Submission, error) {
	return s.submitWebsite(ctx, userID, onboarding.KindWebsiteAnalysis, input)
}

// PreviewWebsite submits the analysis of a website or, without one, of a text, for the
// response to one request: the submission's result is the onboarding.Analysis, step 2 and
// what it holds stay as they are. It returns *onboarding.InputError for an address that
// can't be one.
func (s *Submitter) PreviewWebsite(
	ctx context.Context, userID string, input onboarding.WebsiteInput,
) (onboarding.Submission, error) {
	return s.submitWebsite(ctx, userID, onboarding.KindWebsitePreview, input)
}

func (s *Submitter) submitWebsite(
	ctx context.Context, userID string, kind onboarding.Kind, input onboarding.WebsiteInput,
) (onboarding.Submission, error) {
	if input.Website != "" {
		address, err := onboarding.NormalizeURL(input.Website)
		if err != nil {
			return onboarding.Submission{}, err
		}
		input = onboarding.WebsiteInput{Website: address, AssumedScheme: !onboarding.NamesScheme(input.Website)}
	}
	return s.submit(ctx, userID, kind, input, nil)
}

// SubmitBusiness stores the user's description of the business and submits step 2 from it.
func (s *Submitter) SubmitBusiness(
	ctx context.Context, userID string, info onboarding.BusinessInfo,
) (onboarding.Submission, error) {
	input := onboarding.WebsiteInput{
		BusinessDescription: info.BusinessDescription, Industry: info.Industry,
		TargetAudience: info.TargetAudience, BusinessGoals: info.BusinessGoals,
	}
	return s.submit(ctx, userID, onboarding.KindWebsiteAnalysis, input, func(c *change, _ request) error {
		if err := c.q.SaveBusinessInfo(ctx, saveBusinessParams(c, info)); err != nil {
			return fmt.Errorf("save business info: %w", err)
		}
		return c.wantInputs(ctx) // the description is kept even if the analysis fails
	})
}

func saveBusinessParams(c *change, info onboarding.BusinessInfo) app.SaveBusinessInfoParams {
	return app.SaveBusinessInfoParams{
		SessionID: c.sessionID, UserID: c.userID, BusinessDescription: info.BusinessDescription, Industry: info.Industry,
		TargetAudience: info.TargetAudience, BusinessGoals: info.BusinessGoals,
	}
}

// ImportAnalysis submits step 2 with an analysis that the client has, which
// submitted.ParseFlatAnalysis has accepted.
func (s *Submitter) ImportAnalysis(
	ctx context.Context, userID string, input onboarding.AnalysisImport,
) (onboarding.Submission, error) {
	if input.Website != "" {
		address, err := onboarding.NormalizeURL(input.Website)
		if err != nil {
			return onboarding.Submission{}, err
		}
		input.Website = address
	}
	return s.submit(ctx, userID, onboarding.KindAnalysisImport, input, nil)
}

// GeneratePersonas submits step 4. It returns *onboarding.ConflictError when there
// is no website analysis to write from, neither sent nor held.
func (s *Submitter) GeneratePersonas(
	ctx context.Context, userID string, input onboarding.PersonaInput,
) (onboarding.Submission, error) {
	return s.submit(ctx, userID, onboarding.KindPersonaGeneration, input,
		func(c *change, req request) error { return c.needAnalysis(ctx, req) })
}

// needAnalysis checks that a persona generation has something to write from: an analysis that
// was sent with it, or the steps that it needs.
func (c *change) needAnalysis(ctx context.Context, req request) error {
	var input onboarding.PersonaInput
	if err := decodeInput(req.input, &input); err != nil || input.Analysis != nil {
		return err
	}
	steps, err := c.lockSteps(ctx)
	if err != nil {
		return err
	}
	missing := onboarding.StepPersonalization.Missing(steps)
	switch {
	case len(missing) == 0:
		return nil
	case missing[0].Status == onboarding.StepInProgress:
		return &onboarding.ConflictError{
			Code:       "step_in_progress",
			Reason:     "The website is still being analysed. Personas can be generated when step 2 is completed.",
			RetryAfter: retryAfter,
		}
	}
	return &onboarding.ConflictError{
		Code: "analysis_missing", Reason: "There is no website analysis to write personas from. Complete step 2 first.",
	}
}

// ImportPersonas submits step 4 with personas that the client has, which
// submitted.ParsePersonas has accepted.
func (s *Submitter) ImportPersonas(
	ctx context.Context, userID string, personas onboarding.Personas,
) (onboarding.Submission, error) {
	return s.submit(ctx, userID, onboarding.KindPersonaImport, personas, nil)
}

// AssessPersonas submits the scoring of personas, which submitted.ParsePersonas has
// accepted. The result is an onboarding.QualityMetrics, null without a website analysis
// to compare with.
func (s *Submitter) AssessPersonas(
	ctx context.Context, userID string, personas onboarding.Personas,
) (onboarding.Submission, error) {
	return s.submit(ctx, userID, onboarding.KindQualityAssessment, personas, nil)
}

// AnalyzeSitemap submits the reading of a website's sitemap. The result is a report on it.
func (s *Submitter) AnalyzeSitemap(
	ctx context.Context, userID string, input onboarding.SitemapInput,
) (onboarding.Submission, error) {
	return s.submit(ctx, userID, onboarding.KindSitemapAnalysis, input, nil)
}

// DiscoverCompetitors submits the search for similar websites. The result is a list of
// onboarding.FoundCompetitor, null without a key of the search provider.
func (s *Submitter) DiscoverCompetitors(
	ctx context.Context, userID string, search onboarding.CompetitorSearch,
) (onboarding.Submission, error) {
	return s.submit(ctx, userID, onboarding.KindCompetitorDiscovery, search, nil)
}

// ValidateKeys submits one cheap live call with each stored key. The result is the
// list of their outcomes.
func (s *Submitter) ValidateKeys(ctx context.Context, userID string) (onboarding.Submission, error) {
	return s.submitLocked(ctx, userID, request{}, func(c *change) (request, error) {
		keys, err := postgres.Keys(ctx, c.q, userID)
		if err != nil {
			return request{}, err
		}
		// Which keys are checked is the input: a check of a key that was replaced since
		// is not joined.
		checked := map[onboarding.Provider]time.Time{}
		for _, key := range keys {
			checked[key.Provider] = key.UpdatedAt
		}
		input, err := encode(map[string]any{"keys": checked})
		return request{kind: onboarding.KindKeyValidation, input: input}, err
	})
}
