package migrations_test

import (
	"encoding/json"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Stored analyses of the form before 31 are converted by a login that row-level security
// binds, and converted back when the migration is undone.
func TestJudgedValuesAreConverted(t *testing.T) {
	t.Parallel()
	_, _, pool := migratingLogin(t)
	url := pool.Config().ConnString()
	require.NoError(t, up(t.Context(), url))
	down := func() { downTo(t, pool, 30) }
	down()
	session, submission := uuid.New(), uuid.New()
	const shown = `{
		"style_analysis": {
			"writing_style": {"tone": "warm and lively (formality 48 of 100, mean sentiment +0.20)", "voice": null},
			"content_type": {"call_to_action": "“Book a class” on 2 pages, “Call (us)” on 1 page", "purpose": "sell (bread) daily"},
			"brand_analysis": {"brand_positioning": "“Clay (wet) pots” (slogan of the start page)", "competitive_differentiation": "“Unlike most (studios)”"},
			"meta": {"engine": "gpt-4.1-mini"}
		},
		"style_patterns": {"style_consistency": "high", "patterns": {"sentence_length": "mean 12 words; 40% have at most 10"}},
		"measurements": {"words": 300}
	}`
	for _, statement := range []struct {
		sql  string
		args []any
	}{
		{"insert into onboarding_sessions (id, user_id) values ($1, 'ann')", []any{session}},
		{
			`insert into submissions (id, session_id, user_id, kind, input, job_id, phase, message, status, finished_at, result)
			values ($1, $2, 'ann', 'website_preview', '{}', 1, 'finished', '', 'completed', now(), $3)`,
			[]any{submission, session, shown},
		},
		{"insert into website_analyses (session_id, user_id, website_url, submission_id, analysis) values ($1, 'ann', " +
			"'', $2, $3)", []any{session, submission, shown}},
		{`insert into persona_data (session_id, user_id, submission_id, core_persona, platform_personas, quality_metrics, selected_platforms, engine)
			values ($1, 'ann', $2, '{}', '{}', '{}', '{}', 'local')`, []any{session, submission}},
		{`insert into model_calls (session_id, user_id, submission_id, provider, model, prompt, input_tokens, cached_tokens, output_tokens)
			values ($1, 'ann', $2, 'openai', 'gpt-4.1-mini', 'website_analysis', 1, 0, 1)`, []any{session, submission}},
	} {
		_, err := pool.Exec(t.Context(), statement.sql, statement.args...)
		require.NoError(t, err, statement.sql)
	}
	require.NoError(t, up(t.Context(), url))

	text := func(sql string) (value string) {
		require.NoError(t, pool.QueryRow(t.Context(), sql).Scan(&value))
		return value
	}
	const judged = `{
		"style_analysis": {
			"writing_style": {"tone": {"value": "warm and lively", "evidence": "formality 48 of 100, mean sentiment +0.20"}, "voice": null},
			"content_type": {
				"call_to_action": {"value": "“Book a class”", "evidence": "on 2 pages, “Call (us)” on 1 page"},
				"purpose": {"value": "sell (bread) daily", "evidence": ""}
			},
			"brand_analysis": {
				"brand_positioning": {"value": "“Clay (wet) pots”", "evidence": "slogan of the start page"},
				"competitive_differentiation": {"value": "“Unlike most (studios)”", "evidence": ""}
			},
			"meta": {"engine": "gpt-4.1-mini"}
		},
		"style_patterns": {"style_consistency": {"value": "high", "evidence": ""}, "patterns": {"sentence_length": {"value": "mean 12 words; 40% have at most 10", "evidence": ""}}},
		"measurements": {"words": 300}
	}`
	assert.JSONEq(t, judged, text("select analysis from website_analyses"))
	assert.JSONEq(t, judged, text("select result from submissions"))
	assert.Equal(t, "openai", text("select provider from website_analyses"))
	assert.Equal(t, "local", text("select provider from persona_data"))

	down()
	var want, got map[string]any
	require.NoError(t, json.Unmarshal([]byte(shown), &want))
	require.NoError(t, json.Unmarshal([]byte(text("select analysis from website_analyses")), &got))
	want["style_analysis"].(map[string]any)["content_type"].(map[string]any)["call_to_action"] = "“Book a class” (on " +
		"2 pages, “Call (us)” on 1 page)"
	assert.Equal(t, want, got)
}
