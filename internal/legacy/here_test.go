package legacy_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi/apitest"
	"github.com/alwrity/onboarding/internal/legacy"
)

const (
	formerKey = "sk-Former0000000000001111"
	ownKey    = "sk-Own000000000000002222"
)

// adasFile writes the JSON file of ada, who has keys of OpenAI and Exa, an analysis, preferences and integrations there.
func adasFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), ".onboarding_progress_ada.json")
	require.NoError(t, os.WriteFile(path, []byte(fmt.Sprintf(`{"steps": [
		{"step_number": 1, "data": {"api_keys": {"openai": %q, "exa": "00000000-0000-4000-8000-000000003333"}}},
		{"step_number": 2, "data": {"website": "https://former.example", "analysis": {"writing_style": {"tone": "former"}}}},
		{"step_number": 3, "data": {"research_depth": "Deep", "content_types": ["News"]}},
		{"step_number": 5, "data": {"integrations": {"primaryWebsite": "wix"}}}
	]}`, formerKey)), 0o600))
	return path
}

// outcomes counts the rows of a report as imported/present/refused.
func outcomes(r *legacy.Report) string {
	total := r.Total()
	return fmt.Sprintf("%d/%d/%d", total.Imported, total.Present, total.Refused)
}

func (b *bench) adasMask(provider string) any {
	return apitest.At(b.T, b.OK(http.MethodGet, apitest.PathKeys, ""), "api_keys", provider)
}

// Data that a user has stored here stays, and missing data is imported beside it.
func TestImportLeavesWhatIsHere(t *testing.T) {
	t.Parallel()
	b, file := newBench(t), adasFile(t)
	require.Equal(t, 200, b.SaveKey("openai", ownKey).Status)
	require.Equal(t, 200, b.SubmitStep(3, `{"research_depth":"Basic","content_types":["Own"]}`).Status)
	require.Equal(t, 200, b.SubmitStep(5, `{"integrations":{"primaryWebsite":"own"}}`).Status)
	version := b.Count("select version from onboarding_sessions")

	report := b.mustRun(file, nil)
	assert.Equal(t, "3/3/0", outcomes(report), "the session, the key of Exa and the analysis come")
	assert.Equal(t, "****2222", b.adasMask("openai"))
	assert.Equal(t, "****3333", b.adasMask("exa"))
	assert.Equal(t, "Basic", apitest.At(t, b.OK(http.MethodGet, apitest.StepPath(3, ""), ""), "data", "research_depth"))
	assert.Equal(t, "own", apitest.At(t, b.OK(http.MethodGet, apitest.StepPath(5, ""), ""), "data", "integrations", "primaryWebsite"))
	assert.Equal(t, "completed", b.StepStatus(2))
	assert.Equal(t, version, b.Count("select version from onboarding_sessions"), "no events")
}

// What a user removes or resets after an import does not come back with the next.
func TestImportBringsNothingBack(t *testing.T) {
	t.Parallel()
	b, file := newBench(t), adasFile(t)
	assert.Equal(t, "6/0/0", outcomes(b.mustRun(file, nil)))
	for _, provider := range []string{"openai", "exa"} {
		require.Equal(t, 200, b.As("ada", http.MethodDelete, apitest.PathKeys+"/"+provider, "").Status)
	}
	require.Equal(t, 200, b.As("ada", http.MethodPost, apitest.Base+"/reset", `{"delete_data": true}`).Status)
	before := b.state()
	report := b.mustRun(file, nil)
	assert.Equal(t, before, b.state())
	assert.Equal(t, "0/1/5", outcomes(report), "the session is present")
	assert.Equal(t, 5, report.Tables[1].Reasons["changed_here"]+report.Tables[2].Reasons["changed_here"]+
		report.Tables[3].Reasons["changed_here"]+report.Tables[4].Reasons["changed_here"])
	assert.Equal(t, "pending", b.StepStatus(2))
}

// An account that its user has deleted stays deleted; one that an operator has deleted may be imported again.
func TestImportOfDeletedAccounts(t *testing.T) {
	t.Parallel()
	b, file := newBench(t), adasFile(t)
	b.mustRun(file, nil)
	_, err := b.changer.Operator("operator").DeleteAccount(t.Context(), "ada")
	require.NoError(t, err)
	assert.Equal(t, "6/0/0", outcomes(b.mustRun(file, nil)))
	_, err = b.changer.Operator("ada").DeleteAccount(t.Context(), "ada")
	require.NoError(t, err)
	report := b.mustRun(file, nil)
	assert.Equal(t, "0/0/6", outcomes(report))
	assert.Equal(t, 1, report.Users.Deleted)
	assert.Zero(t, b.Count("select count(*) from onboarding_sessions"))
}

// A session that another transaction holds is left to a further run.
func TestImportOfABusyUser(t *testing.T) {
	t.Parallel()
	b, file := newBench(t), adasFile(t)
	b.OK(http.MethodGet, apitest.Base+"/init", "")
	tx, err := b.DB.System.Begin(t.Context())
	require.NoError(t, err)
	defer func() { _ = tx.Rollback(t.Context()) }()
	_, err = tx.Exec(t.Context(), "select from onboarding_sessions for update")
	require.NoError(t, err)
	report := b.mustRun(file, nil)
	assert.Equal(t, 1, report.Users.Failed)
	assert.Equal(t, "0/0/6", outcomes(report))
	require.NoError(t, tx.Rollback(t.Context()))
	assert.Equal(t, "6/0/0", outcomes(b.mustRun(file, nil)))
}
