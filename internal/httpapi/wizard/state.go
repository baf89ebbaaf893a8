package wizard

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

// State reads what is stored of a user. All functions are required; what is not
// there is onboarding.ErrNotFound.
type State struct {
	// Session returns the user's onboarding, the empty one the first time.
	Session func(ctx context.Context, userID string) (onboarding.Session, error)
	// LatestAnalysis returns the newest website analysis, whether it counts or not.
	LatestAnalysis func(ctx context.Context, userID string) (onboarding.StoredAnalysis, error)
	// Analysis returns a website analysis by its id.
	Analysis func(ctx context.Context, userID string, id int64) (onboarding.StoredAnalysis, error)
	// AnalysisOf returns the analysis of a website in the form of NormalizeURL.
	AnalysisOf func(ctx context.Context, userID, website string) (onboarding.StoredAnalysis, error)
	// Analyses returns all website analyses, the newest first.
	Analyses    func(ctx context.Context, userID string) ([]onboarding.StoredAnalysis, error)
	Keys        func(ctx context.Context, userID string) ([]onboarding.StoredKey, error)
	Preferences func(ctx context.Context, userID string) (onboarding.ResearchPreferences, error)
	Business    func(ctx context.Context, userID string) (onboarding.BusinessInfo, error)
	// Personas returns the newest personas, whether they count or not.
	Personas func(ctx context.Context, userID string) (onboarding.StoredPersonas, error)
	// Inputs returns the personalization inputs that were built last.
	Inputs func(ctx context.Context, userID string) (onboarding.StoredInputs, error)
	// Known tells whether there is such a user. It makes none.
	Known func(ctx context.Context, userID string) (bool, error)
	// Export hands on everything that is stored of the user, table by table, each row as
	// a JSON object, the session first.
	Export     func(ctx context.Context, userID string, emit func(table string, row json.RawMessage) error) error
	Submission func(ctx context.Context, userID string, id uuid.UUID) (onboarding.Submission, error)
}

// NewState returns the state that is stored in the database of pool, which must
// assume the app role.
func NewState(pool *postgres.Pool) State {
	as := func(userID string) *postgres.Queries { return postgres.AsUser(pool, userID) }
	return State{
		Session: func(ctx context.Context, userID string) (onboarding.Session, error) {
			return postgres.Session(ctx, pool, userID)
		},
		LatestAnalysis: func(ctx context.Context, userID string) (onboarding.StoredAnalysis, error) {
			return postgres.LatestAnalysis(ctx, pool, userID)
		},
		Analysis: func(ctx context.Context, userID string, id int64) (onboarding.StoredAnalysis, error) {
			return postgres.AnalysisByID(ctx, as(userID), id)
		},
		AnalysisOf: func(ctx context.Context, userID, website string) (onboarding.StoredAnalysis, error) {
			return postgres.AnalysisOf(ctx, as(userID), userID, website)
		},
		Analyses: func(ctx context.Context, userID string) ([]onboarding.StoredAnalysis, error) {
			return postgres.Analyses(ctx, pool, userID)
		},
		Keys: func(ctx context.Context, userID string) ([]onboarding.StoredKey, error) {
			return postgres.Keys(ctx, as(userID), userID)
		},
		Preferences: func(ctx context.Context, userID string) (onboarding.ResearchPreferences, error) {
			return postgres.Preferences(ctx, as(userID), userID)
		},
		Business: func(ctx context.Context, userID string) (onboarding.BusinessInfo, error) {
			return postgres.Business(ctx, as(userID), userID)
		},
		Personas: func(ctx context.Context, userID string) (onboarding.StoredPersonas, error) {
			return postgres.Personas(ctx, pool, userID)
		},
		Inputs: func(ctx context.Context, userID string) (onboarding.StoredInputs, error) {
			return postgres.PersonalizationInputs(ctx, pool, userID)
		},
		Known: func(ctx context.Context, userID string) (bool, error) {
			return as(userID).HasSession(ctx, userID)
		},
		Export: func(ctx context.Context, userID string, emit func(string, json.RawMessage) error) error {
			return postgres.Export(ctx, pool, userID, emit)
		},
		Submission: func(ctx context.Context, userID string, id uuid.UUID) (onboarding.Submission, error) {
			return postgres.SubmissionByID(ctx, as(userID), id)
		},
	}
}

// Submitter changes a user's onboarding and queues work: *jobs.Submitter, whose
// comments say what each does and which errors it returns.
type Submitter interface {
	SubmitWebsite(ctx context.Context, userID string, input onboarding.WebsiteInput) (onboarding.Submission, error)
	SubmitBusiness(ctx context.Context, userID string, info onboarding.BusinessInfo) (onboarding.Submission, error)
	ImportAnalysis(ctx context.Context, userID string, input onboarding.AnalysisImport) (onboarding.Submission, error)
	UpdateAnalysis(ctx context.Context, userID string, id int64, edited onboarding.FlatAnalysis) error
	DeleteAnalysis(ctx context.Context, userID string, id int64) error
	GeneratePersonas(ctx context.Context, userID string, input onboarding.PersonaInput) (onboarding.Submission, error)
	ImportPersonas(ctx context.Context, userID string, personas onboarding.Personas) (onboarding.Submission, error)
	SaveKeys(ctx context.Context, userID string, keys []onboarding.StoredKey) (completed bool, err error)
	RemoveKey(ctx context.Context, userID string, provider onboarding.Provider) error
	PreviewWebsite(ctx context.Context, userID string, input onboarding.WebsiteInput) (onboarding.Submission, error)
	AnalyzeSitemap(ctx context.Context, userID string, input onboarding.SitemapInput) (onboarding.Submission, error)
	DiscoverCompetitors(ctx context.Context, userID string, search onboarding.CompetitorSearch) (onboarding.Submission, error)
	AssessPersonas(ctx context.Context, userID string, personas onboarding.Personas) (onboarding.Submission, error)
	ValidateKeys(ctx context.Context, userID string) (onboarding.Submission, error)
	SavePreferences(ctx context.Context, userID string, update onboarding.PreferencesUpdate) (onboarding.ResearchPreferences, []string, error)
	CompleteIntegrations(ctx context.Context, userID string, data json.RawMessage) error
	NoteFinish(ctx context.Context, userID string) error
	Skip(ctx context.Context, userID string, n onboarding.StepNumber) error
	Cancel(ctx context.Context, userID string, n onboarding.StepNumber) error
	Retry(ctx context.Context, userID string, n onboarding.StepNumber) (onboarding.Submission, error)
	Reset(ctx context.Context, userID string, n onboarding.StepNumber) error
	ResetAll(ctx context.Context, userID string, deleteData bool) error
	Complete(ctx context.Context, userID string, bound time.Duration) error
	Wait(ctx context.Context, userID string, id uuid.UUID, bound time.Duration) (onboarding.Submission, error)
	DeleteAccount(ctx context.Context, userID string) error
	Audit(ctx context.Context, actor, action, userID string) error
}
