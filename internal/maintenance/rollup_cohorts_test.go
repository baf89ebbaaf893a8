package maintenance

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/internal/postgres/rollup"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

// requireCohorts holds the cohorts of every dimension against the funnel of all sessions, and the engines against what
// the sessions were told.
func (b *bundle) requireCohorts(sessions []told) {
	b.t.Helper()
	q := system.New(b.db.System)
	today := time.Now().UTC().Truncate(24 * time.Hour)
	whole := rollup.Range{First: today.AddDate(0, 0, -30), Last: today}
	all, err := rollup.ReadFunnelOf(b.t.Context(), q, whole)
	require.NoError(b.t, err)
	engines := map[string]int64{}
	for _, s := range sessions {
		engine := ""
		for _, e := range s.events {
			if e.step == 2 && e.completed {
				engine = e.engine
				if engine == "" {
					engine = "unknown"
				}
			}
		}
		engines[engine]++
	}
	for _, dimension := range rollup.Dimensions {
		cohorts, err := rollup.ReadCohorts(b.t.Context(), q, whole, dimension)
		require.NoError(b.t, err)
		sum, found := onboarding.Funnel{}, map[string]int64{}
		for _, c := range cohorts {
			sum.Started += c.Funnel.Started
			found[c.Value] = c.Funnel.Started
			for i, step := range c.Funnel.Steps {
				sum.Steps[i].Reached += step.Reached
				sum.Steps[i].Left += step.Left
				sum.Steps[i].Passed += step.Passed
			}
		}
		sum.Derive()
		require.Equal(b.t, all.Started, sum.Started, dimension)
		for i, want := range all.Steps {
			got := sum.Steps[i]
			require.Equal(b.t, []int64{want.Reached, want.Passed, want.Lost, want.NotBegun},
				[]int64{got.Reached, got.Passed, got.Lost, got.NotBegun}, "%s, step %d", dimension, i+1)
		}
		if dimension == "engine" {
			require.Equal(b.t, engines, found)
		}
	}
}

// Who stopped at a step is who the funnel counts there.
func (b *bundle) requireStopped() {
	b.t.Helper()
	q := system.New(b.db.System)
	today := time.Now().UTC().Truncate(24 * time.Hour)
	whole := rollup.Range{First: today.AddDate(0, 0, -30), Last: today}
	all, err := rollup.ReadFunnelOf(b.t.Context(), q, whole)
	require.NoError(b.t, err)
	for _, step := range all.Steps {
		for begun, want := range map[bool]int64{true: step.Lost, false: step.NotBegun} {
			count, after := int64(0), uuid.Nil
			for {
				page, err := rollup.ReadStopped(b.t.Context(), q, whole, rollup.Place{Step: step.Step, Begun: begun}, after, 3)
				require.NoError(b.t, err)
				if len(page) == 0 {
					break
				}
				count, after = count+int64(len(page)), page[len(page)-1].SessionID
			}
			require.Equal(b.t, want, count, "step %d, begun %t", step.Step, begun)
		}
	}
}

// A session from before the cohorts is counted by the sweep, once, and moves on afterwards; its cohorts are what it
// submitted and got.
func TestCohortsOfASession(t *testing.T) {
	t.Parallel()
	b := &bundle{t, pgtest.New(t)}
	id, submission := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	b.db.Exec(t, "insert into onboarding_sessions (id, user_id, variant, version) values ($1, 'ada', 'blue', 1)", id)
	b.db.Exec(t, "insert into onboarding_steps (session_id, user_id, step) select $1, 'ada', generate_series(1, 6)", id)
	b.db.Exec(t, `insert into step_events (session_id, seq, user_id, step, status) values ($1, 1, 'ada', 1, 'skipped')`, id)
	b.db.Exec(t, "insert into rollup_sessions (session_id, user_id, version) values ($1, 'ada', 1)", id)
	b.count(true)
	assert.Equal(t, map[string]string{"engine": "", "input": "", "language": "", "variant": "blue"}, b.cohortsOf(1, 1))
	b.db.Exec(t, `insert into submissions (id, session_id, user_id, kind, step, input, job_id, phase, message)
		values ($2, $1, 'ada', 'website_analysis', 2, '{"website": "https://example.com"}', 1, 'finished', '')`, id, submission)
	b.db.Exec(t, "update onboarding_steps set submission_id = $2, result_submission_id = $2 where session_id = $1 and step = 2",
		id, submission)
	b.db.Exec(t, `insert into website_analyses (session_id, user_id, website_url, submission_id, analysis)
		values ($1, 'ada', 'https://example.com', $2, '{"measurements": {"language": {"code": "de"}}}')`, id, submission)
	b.db.Exec(t, `insert into step_events (session_id, seq, user_id, step, status, submission_id, phase, engine)
		values ($1, 2, 'ada', 2, 'in_progress', $2, 'queued', null), ($1, 3, 'ada', 2, 'completed', $2, 'finished', 'local')`,
		id, submission)
	b.db.Exec(t, "update onboarding_sessions set version = 3 where id = $1", id)
	b.count(true)
	assert.Equal(t, map[string]string{"engine": "local", "input": "website", "language": "de", "variant": "blue"},
		b.cohortsOf(2, 2))
	b.count(true)
	assert.Len(t, b.cohortsOf(2, 2), 4, "counted once")
}

// cohortsOf returns what the only session is counted under, which has come so far, and is counted nowhere else.
func (b *bundle) cohortsOf(reached, passed int) map[string]string {
	b.t.Helper()
	rows, err := b.db.System.Query(b.t.Context(),
		"select dimension, value, reached, passed, count from rollup_places where count <> 0")
	require.NoError(b.t, err)
	defer rows.Close()
	found := map[string]string{}
	for rows.Next() {
		var dimension, value string
		var at [3]int
		require.NoError(b.t, rows.Scan(&dimension, &value, &at[0], &at[1], &at[2]))
		require.Equal(b.t, [3]int{reached, passed, 1}, at, dimension)
		found[dimension] = value
	}
	require.NoError(b.t, rows.Err())
	return found
}
