package legacy_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/httpapi/apitest"
	"github.com/alwrity/onboarding/internal/legacy"
	"github.com/alwrity/onboarding/internal/legacy/legacytest"
	"github.com/alwrity/onboarding/internal/legacy/store"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

// bench is an API whose database users are imported into.
type bench struct {
	*apitest.Fixture
	changer *flow.Changer
}

func newBench(t *testing.T) *bench {
	t.Helper()
	f := apitest.New(t)
	submitter, err := flow.NewSubmitter(f.DB.App, f.DB.System, prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	return &bench{f, &submitter.Changer}
}

// run imports a store.
func (b *bench) run(from string, known []string, set ...func(*legacy.Import)) (*legacy.Report, error) {
	b.T.Helper()
	ctx := b.T.Context()
	opened, err := store.Open(ctx, from, store.Options{Batch: 3, Known: known})
	require.NoError(b.T, err)
	defer func() { assert.NoError(b.T, opened.Close()) }()
	ring, err := apitest.KeyRing()
	require.NoError(b.T, err)
	job := &legacy.Import{
		Mapper: legacy.Mapper{Keys: ring}, Takeover: &flow.Takeover{Changer: b.changer, Source: opened.Kind()},
		Store: opened, From: from, Parallel: 4, Handled: func() {},
	}
	for _, s := range set {
		s(job)
	}
	return job.Run(ctx)
}

// mustRun imports a store whole.
func (b *bench) mustRun(from string, known []string, set ...func(*legacy.Import)) *legacy.Report {
	b.T.Helper()
	report, err := b.run(from, known, set...)
	require.NoError(b.T, err)
	require.True(b.T, report.Complete)
	require.Zero(b.T, report.Lost)
	return report
}

// get reads as a user.
func (b *bench) get(userID, path string) ([]byte, error) {
	r := b.As(userID, http.MethodGet, path, "")
	if r.Status != http.StatusOK {
		return nil, fmt.Errorf("%d: %s", r.Status, r.Body)
	}
	return r.Body, nil
}

// state is a checksum of everything that is stored.
func (b *bench) state() map[string]string {
	b.T.Helper()
	state, err := legacytest.State(b.T.Context(), b.DB.URL)
	require.NoError(b.T, err)
	return state
}

// contradictions are what the doctor would find.
func (b *bench) contradictions() []system.ListContradictionsRow {
	b.T.Helper()
	q := system.New(b.DB.System)
	ids, err := q.ListSessionIDs(b.T.Context(), system.ListSessionIDsParams{MaxRows: 1000})
	require.NoError(b.T, err)
	found, err := q.ListContradictions(b.T.Context(), system.ListContradictionsParams{
		Ids: ids, Queued: onboarding.StepsWhere(onboarding.StepNumber.Queued), Finish: onboarding.StepFinish, MaxRows: 10,
	})
	require.NoError(b.T, err)
	return found
}

// Each store with every fault that is known of it: rows are counted, values come back through the API, and a second run
// changes nothing.
func TestImport(t *testing.T) {
	t.Parallel()
	const n = 26
	for name, build := range map[string]func(t *testing.T) (legacytest.Store, error){
		"postgres": func(t *testing.T) (legacytest.Store, error) {
			return legacytest.Postgres(t.Context(), pgtest.NewEmptyURL(t), 0, n)
		},
		"sqlite": func(t *testing.T) (legacytest.Store, error) {
			return legacytest.SQLite(t.Context(), filepath.Join(t.TempDir(), "a b%.db"), 1_000_000, n)
		},
		"workspace": func(t *testing.T) (legacytest.Store, error) {
			return legacytest.Workspace(t.Context(), t.TempDir(), 2_000_000, n)
		},
		"json": func(t *testing.T) (legacytest.Store, error) { return legacytest.JSON(t.TempDir(), 3_000_000, n) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			made, err := build(t)
			require.NoError(t, err)
			b := newBench(t)
			dry := b.mustRun(made.From, made.Known(), func(i *legacy.Import) { i.DryRun = true })
			assert.Zero(t, b.Count("select count(*) from onboarding_sessions"))

			report := b.mustRun(made.From, made.Known())
			assert.Equal(t, dry.Tables, report.Tables)
			requireCounts(t, made, report)
			for _, want := range made.Wants {
				require.NoError(t, legacytest.Check(b.get, want))
			}
			assert.Zero(t, b.Count("select count(*) from step_events"))
			assert.Zero(t, b.Count("select count(*) from river_job where queue <> 'bulk'"))
			assert.Equal(t, b.Count("select count(*) from personalization_inputs"), b.Count("select count(*) from river_job"))
			assert.Empty(t, b.contradictions())
			document, err := json.Marshal(report)
			require.NoError(t, err)
			for _, canary := range legacytest.Canaries {
				b.RequireNowhere(canary, string(document), b.Log.String())
			}

			before := b.state()
			again := b.mustRun(made.From, made.Known())
			assert.Equal(t, before, b.state(), "the second run")
			was, is := report.Total(), again.Total()
			assert.Zero(t, is.Imported)
			assert.Equal(t, was.Imported, is.Present)
			assert.Equal(t, was.Refused, is.Refused)
		})
	}
}

func requireCounts(t *testing.T, made legacytest.Store, report *legacy.Report) {
	t.Helper()
	total := report.Total()
	rows, err := json.MarshalIndent(report.Rows, "", " ")
	require.NoError(t, err)
	require.Equal(t, made.Sum(), legacytest.Counts{
		Source: total.Source, Imported: total.Imported, Present: total.Present, Refused: total.Refused, Prefill: total.Prefill,
	}, "%s", rows)
	assert.Equal(t, len(made.Wants), report.Users.Imported)
	assert.Empty(t, report.UnknownColumns)
}

// A run that breaks off in the middle is gone on with by the next.
func TestImportGoesOn(t *testing.T) {
	t.Parallel()
	made, err := legacytest.SQLite(t.Context(), filepath.Join(t.TempDir(), "old.db"), 0, 24)
	require.NoError(t, err)
	b := newBench(t)
	ctx, cancel := context.WithCancel(t.Context())
	opened, err := store.Open(ctx, made.From, store.Options{Batch: 5})
	require.NoError(t, err)
	ring, err := apitest.KeyRing()
	require.NoError(t, err)
	handled := 0
	job := &legacy.Import{
		Mapper: legacy.Mapper{Keys: ring}, Takeover: &flow.Takeover{Changer: b.changer, Source: "sqlite"},
		Store: opened, From: made.From, Parallel: 1, Handled: func() {
			if handled++; handled == 10 {
				cancel()
			}
		},
	}
	report, err := job.Run(ctx)
	require.ErrorIs(t, err, context.Canceled)
	require.NoError(t, opened.Close())
	assert.False(t, report.Complete)
	first := b.Count("select count(*) from onboarding_sessions")
	assert.GreaterOrEqual(t, first, 10)
	assert.Less(t, first, len(made.Wants))

	report = b.mustRun(made.From, nil)
	assert.Equal(t, first, report.Users.Present)
	assert.Equal(t, len(made.Wants)-first, report.Users.Imported)
	for _, want := range made.Wants {
		require.NoError(t, legacytest.Check(b.get, want))
	}
}
