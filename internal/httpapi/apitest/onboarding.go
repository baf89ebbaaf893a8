package apitest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
)

// SubmitWebsite submits step 2 of ada and returns the submission's id.
func SubmitWebsite(t *testing.T, f *Fixture, website string) string {
	t.Helper()
	r := f.As("ada", http.MethodPost, PathSubmit, fmt.Sprintf(`{"data":{"website":%q}}`, website))
	require.Equal(t, 202, r.Status, "%s", r.Body)
	id, ok := r.Object(t)["submission_id"].(string)
	require.True(t, ok)
	return id
}

// Change runs statements as the worker does, and records the step's event.
func Change(t *testing.T, f *Fixture, do func(*postgres.Queries, onboarding.Session) error) {
	t.Helper()
	session, err := postgres.Session(t.Context(), f.DB.App, "ada")
	require.NoError(t, err)
	require.NoError(t, postgres.InTx(t.Context(), f.DB.App, "ada", func(_ pgx.Tx, q *postgres.Queries) error {
		if err := do(q, session); err != nil {
			return err
		}
		_, err := q.RecordStep(t.Context(), app.RecordStepParams{SessionID: session.ID, Step: onboarding.StepWebsite})
		return err
	}))
}

// someAnalysis is what the stub of a worker finds.
func someAnalysis() onboarding.Analysis {
	a := onboarding.Analysis{}
	a.Style.WritingStyle.Tone = &onboarding.Judged{Value: "warm"}
	a.Style.Meta.Engine = "local"
	a.Guidelines.BestPractices = onboarding.List{"Say what you mean."}
	a.Crawl.URL = "https://example.com"
	a.Crawl.Warnings = []onboarding.Warning{{Code: "slow", Message: "Two pages were too slow."}}
	return a
}

// Complete stores an analysis for a submission of ada and completes step 2.
func Complete(t *testing.T, f *Fixture, submission string) {
	t.Helper()
	encoded, err := json.Marshal(someAnalysis())
	require.NoError(t, err)
	Change(t, f, func(q *postgres.Queries, s onboarding.Session) error {
		_, err := q.SaveAnalyses(t.Context(), app.SaveAnalysesParams{
			SessionIds: []uuid.UUID{s.ID}, UserIds: []string{"ada"}, Websites: []string{"https://example.com"},
			SubmissionIds: []uuid.UUID{uuid.MustParse(submission)}, Analyses: [][]byte{encoded}, Providers: []string{"local"},
			Versions: []int32{1}, Origins: []string{"generated"}, Edited: []bool{false},
		})
		if err != nil {
			return err
		}
		return q.EndStep(t.Context(), app.EndStepParams{
			SessionID: s.ID, Step: onboarding.StepWebsite, Status: onboarding.StepCompleted,
		})
	})
}

// StepPath returns the path of a step, with rest after it.
func StepPath(n int, rest string) string { return fmt.Sprintf("%s/step/%d%s", Base, n, rest) }

// SubmitStep submits a step of ada.
func (f *Fixture) SubmitStep(n int, data string) Response {
	f.T.Helper()
	return f.As("ada", http.MethodPost, StepPath(n, "/complete"), `{"data":`+data+`,"validation_errors":["x"]}`)
}

// StepStatus returns the status of a step of ada.
func (f *Fixture) StepStatus(n int) any { return f.OK(http.MethodGet, StepPath(n, ""), "")["status"] }

// SaveKey stores an API key of ada.
func (f *Fixture) SaveKey(provider, key string) Response {
	f.T.Helper()
	return f.As("ada", http.MethodPost, PathKeys, fmt.Sprintf(`{"provider":%q,"api_key":%q}`, provider, key))
}
