package maintenance

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/internal/postgres/rollup"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

// bundle is a test and its database.
type bundle struct {
	t  *testing.T
	db pgtest.Database
}

// rollup returns one that counts by hand.
func (b *bundle) rollup() *Rollup {
	return NewRollup(b.db.System, prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
}

// count lets two rollups count at once all that is new, and with sweep what is old.
func (b *bundle) count(sweep bool) {
	b.t.Helper()
	b.db.Exec(b.t, "update rollup_state set through = through - interval '1 minute'")
	if sweep {
		b.db.Exec(b.t, "update rollup_state set swept_at = 'epoch'")
	}
	var group errgroup.Group
	for range 2 {
		group.Go(func() error { return b.rollup().tick(b.t.Context(), sweepBatches) })
	}
	require.NoError(b.t, group.Wait())
	require.NoError(b.t, b.rollup().tick(b.t.Context(), sweepBatches), "the first may have met the lock of the second")
}

// told is one session of a random history with the events that are still to be written.
type told struct {
	id      uuid.UUID
	user    string
	began   time.Time
	events  []toldEvent
	written int
}

type toldEvent struct {
	at                                time.Time
	step                              int
	status, phase, code, engine       string
	submission                        *uuid.UUID
	completed, done, failure, working bool
}

// tell makes up a history: submissions that are completed, failed, replaced and
// cancelled, results that are said again, skips and resets, in any order.
func tell(rng *rand.Rand, began time.Time) []toldEvent {
	var events []toldEvent
	at := began
	running := map[int]*uuid.UUID{}
	for range rng.IntN(60) {
		at = at.Add(time.Duration(rng.ExpFloat64() * float64(20*time.Minute)).Round(time.Microsecond))
		e := toldEvent{at: at, step: 1 + rng.IntN(6)}
		switch e.step {
		case 2, 4:
			id := running[e.step]
			switch n := rng.IntN(10); {
			case id == nil || n < 2:
				fresh := uuid.New()
				running[e.step], e.submission, e.status, e.phase = &fresh, &fresh, "in_progress", "queued"
			case n < 5:
				e.submission, e.status, e.phase = id, "in_progress", "crawling"
			case n < 6:
				e.submission, e.status, e.phase = id, "completed", "crawling" // cancelled: it holds an older result
			case n < 8:
				e.submission, e.status, e.phase = id, "completed", "finished"
				e.engine = []string{"local", "openai", "anthropic", ""}[rng.IntN(4)]
			default:
				e.submission, e.status, e.phase, e.code = id, "failed", "finished",
					[]string{"robots_forbidden", "page_empty"}[rng.IntN(2)]
			}
		default:
			e.status = []string{"completed", "completed", "skipped", "pending"}[rng.IntN(4)]
		}
		e.completed = e.status == "completed" && (e.submission == nil || e.phase == "finished")
		e.done, e.failure, e.working = e.completed || e.status == "skipped", e.status == "failed", e.status == "in_progress"
		events = append(events, e)
	}
	return events
}

// write appends the next n events of a session in one transaction.
func (s *told) write(ctx context.Context, tx pgx.Tx, n int) error {
	for range min(n, len(s.events)-s.written) {
		e := s.events[s.written]
		s.written++
		_, err := tx.Exec(ctx,
			`insert into step_events (session_id, seq, at, user_id, step, status, submission_id, phase, failure_code, engine)
			values ($1, $2, $3, $4, $5, $6, $7, nullif($8, ''), nullif($9, ''), nullif($10, ''))`,
			s.id, s.written, e.at, s.user, e.step, e.status, e.submission, e.phase, e.code, e.engine)
		if err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, "update onboarding_sessions set version = $2 where id = $1", s.id, s.written)
	return err
}

// The rollups of a random history, counted in pieces of any size by two at once, are
// what one gets who counts the whole history event by event.
func TestRollupsCountWhatHappened(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	b := &bundle{t, pgtest.New(t)}
	sessions := b.tellSessions(rng, 150)
	b.db.Exec(t, `insert into onboarding_steps (session_id, user_id, step)
		select id, user_id, generate_series(1, 6) from onboarding_sessions`)
	for round := range 6 {
		for i := range sessions {
			s := &sessions[i]
			if s.written == 0 && rng.IntN(3) == 0 && round < 5 {
				continue // not begun yet
			}
			n := rng.IntN(25)
			if round == 5 {
				n = len(s.events)
			}
			require.NoError(t,
				pgx.BeginFunc(t.Context(), b.db.System, func(tx pgx.Tx) error { return s.write(t.Context(), tx, n) }))
		}
		b.count(true)
	}
	want := expectation{counts: map[factKey]int{}, times: map[timeKey][]time.Duration{}}
	for i := range sessions {
		want.add(&sessions[i])
	}
	b.requireRollups(want)
	b.requireCohorts(sessions)
	b.requireStopped()
	b.db.Exec(b.t, "delete from onboarding_sessions where user_id < 'user-5'")
	b.count(true)
	b.requireRollups(want) // counts stay
	b.requireCohorts(sessions)
	b.requireReads(want)
}

// tellSessions makes sessions of the last days, whose events are still to be written.
func (b *bundle) tellSessions(rng *rand.Rand, n int) []told {
	b.t.Helper()
	sessions := make([]told, n)
	for i := range sessions {
		// long enough ago for all of its events.Truncate(time.Millisecond)
		began := time.Now().UTC().Add(-time.Duration(72+rng.IntN(5*24)) * time.Hour)
		sessions[i] = told{id: uuid.New(), user: "user-" + uuid.NewString(), began: began, events: tell(rng, began)}
		b.db.Exec(b.t, "insert into onboarding_sessions (id, user_id, started_at, variant) values ($1, $2, $3, $4)",
			sessions[i].id, sessions[i].user, began, []string{"", "blue", "red"}[i%3])
	}
	return sessions
}

func (b *bundle) requireRollups(want expectation) {
	b.t.Helper()
	rows, err := b.db.System.Query(b.t.Context(),
		"select basis, day::text, fact, step::int, engine, code, count::int from rollup_steps")
	require.NoError(b.t, err)
	got := map[factKey]int{}
	var k factKey
	var n int
	_, err = pgx.ForEachRow(rows, []any{&k.basis, &k.day, &k.fact, &k.step, &k.engine, &k.code, &n},
		func() error { got[k] = n; return nil })
	require.NoError(b.t, err)
	require.Equal(b.t, want.counts, got)

	rows, err = b.db.System.Query(b.t.Context(),
		"select day::text, measure, step::int, engine, sum(count)::int from rollup_times where grain = 'day' group "+
			"by 1, 2, 3, 4")
	require.NoError(b.t, err)
	times, wantTimes := map[timeKey]int{}, map[timeKey]int{}
	var tk timeKey
	_, err = pgx.ForEachRow(rows, []any{&tk.day, &tk.measure, &tk.step, &tk.engine, &n},
		func() error { times[tk] = n; return nil })
	require.NoError(b.t, err)
	for key, all := range want.times {
		wantTimes[key] = len(all)
	}
	require.Equal(b.t, wantTimes, times)
}

// requireReads compares what is read of the whole history with what was counted.
func (b *bundle) requireReads(want expectation) {
	b.t.Helper()
	q := system.New(b.db.System)
	today := time.Now().UTC().Truncate(24 * time.Hour)
	whole := rollup.Range{First: today.AddDate(0, 0, -30), Last: today.AddDate(0, 0, 30)}
	timings, err := rollup.ReadTimings(b.t.Context(), q, whole)
	require.NoError(b.t, err)
	for i, step := range timings {
		for measure, got := range map[string]rollup.Quantiles{"step": step.InStep, "start": step.Start, "work": step.Work} {
			want.requireQuantiles(b.t, got, func(k timeKey) bool { return k.step == i+1 && k.measure == measure })
		}
		for _, e := range step.Engines {
			want.requireQuantiles(b.t, e.Work,
				func(k timeKey) bool { return k.step == i+1 && k.measure == "work" && k.engine == e.Engine })
			want.requireQuantiles(b.t, e.InStep,
				func(k timeKey) bool { return k.step == i+1 && k.measure == "step" && k.engine == e.Engine })
		}
	}
	assert.Len(b.t, timings[1].Engines, 4)
	for first := -9; first <= 0; first++ { // months, parts of months, and single days
		for _, length := range []int{0, 2, 31, 62} {
			part := rollup.Range{First: today.AddDate(0, 0, first), Last: today.AddDate(0, 0, first+length)}
			timings, err := rollup.ReadTimings(b.t.Context(), q, part)
			require.NoError(b.t, err)
			want.requireQuantiles(b.t, timings[1].Start, func(k timeKey) bool {
				return k.step == 2 && k.measure == "start" && k.day >= part.First.Format(time.DateOnly) &&
					k.day <= part.Last.Format(time.DateOnly)
			})
		}
	}

	sum := func(is func(factKey) bool) (n int64) {
		for k, count := range want.counts {
			if is(k) {
				n += int64(count)
			}
		}
		return n
	}
	of := whole
	of.Engine = "openai"
	funnel, err := rollup.ReadFunnelOf(b.t.Context(), q, of)
	require.NoError(b.t, err)
	assert.Equal(b.t, sum(func(k factKey) bool { return k.basis == "began" && k.fact == "started" }), funnel.Started)
	placed := int64(0)
	for i, step := range funnel.Steps {
		fact := func(name string) int64 {
			return sum(func(k factKey) bool {
				return k.basis == "began" && k.fact == name && k.step == i+1 && (k.engine == "" || k.engine == "openai")
			})
		}
		assert.Equal(b.t,
			[]int64{fact("reached"), fact("left"), fact("passed"), fact("completed"), fact("skipped"), fact("failed")},
			[]int64{step.Reached, step.Left, step.Passed, step.Completed, step.Skipped, step.Failed})
		placed += step.Lost + step.NotBegun
		assert.GreaterOrEqual(b.t, min(step.Lost, step.NotBegun), int64(0))
	}
	assert.Equal(b.t, funnel.Started, placed+funnel.Steps[5].Left, "each session is in one place")
	days, err := rollup.ReadDays(b.t.Context(), q, whole)
	require.NoError(b.t, err)
	require.Len(b.t, days, 61)
	failures := int64(0)
	for _, day := range days {
		on := day.Day
		assert.Equal(b.t, sum(func(k factKey) bool { return k.basis == "happened" && k.fact == "started" && k.day == on }),
			day.Started, on)
		assert.Equal(b.t, sum(func(k factKey) bool {
			return k.basis == "happened" && k.fact == "completed" && k.day == on && k.step == 4
		}), day.Steps[3].Completed, on)
		failures += day.Steps[1].Failures + day.Steps[3].Failures
	}
	list, err := rollup.ReadStepFailures(b.t.Context(), q, whole)
	require.NoError(b.t, err)
	assert.Len(b.t, list, 4, "two codes of two steps")
	for _, f := range list {
		failures -= f.Count
	}
	assert.Zero(b.t, failures, "days and codes add up to the same")
}

// requireQuantiles holds quantiles against the times themselves: nearest rank, within
// the promised error.
func (x expectation) requireQuantiles(t *testing.T, got rollup.Quantiles, of func(timeKey) bool) {
	t.Helper()
	var all []time.Duration
	for k, times := range x.times {
		if of(k) {
			all = append(all, times...)
		}
	}
	require.EqualValues(t, len(all), got.Count)
	if len(all) == 0 {
		return
	}
	for p, value := range map[float64]*float64{0.5: got.MedianSeconds, 0.95: got.P95Seconds} {
		exact := nearestRank(all, p)
		// all below 1 ms is one bucket
		slack := time.Duration(rollup.QuantileError*1.000001*float64(exact)) + time.Millisecond
		require.InDelta(t, exact.Seconds(), *value, slack.Seconds(), "p%v of %d", 100*p, len(all))
	}
}

// nearestRank returns the quantile of times as it is defined.
func nearestRank(times []time.Duration, p float64) time.Duration {
	slices.Sort(times)
	return times[max(int(math.Ceil(p*float64(len(times)))), 1)-1]
}

// A transaction that commits after the rollups have gone past the time of its event is
// counted, soon if it took no longer than the overlap, else with the next sweep.
func TestLateCommitsAreCounted(t *testing.T) {
	t.Parallel()
	b := &bundle{t, pgtest.New(t)}
	session := b.tellSessions(rand.New(rand.NewPCG(1, 1)), 1)[0]
	old := uuid.MustParse("00000000-0000-7000-8000-000000000001") // its id says that it began long ago
	b.db.Exec(b.t, "update onboarding_sessions set id = $2 where id = $1", session.id, old)
	session.id = old
	b.count(true)
	completed := func() int {
		return pgtest.One[int](b.t, b.db, "select coalesce(sum(count), 0)::int from rollup_steps where fact = 'completed' and basis = 'began'")
	}
	late := func(age time.Duration, step int) pgx.Tx {
		at := time.Now().Add(-age)
		session.events = append(session.events[:session.written], toldEvent{at: at, step: step, status: "completed"})
		tx, err := b.db.System.Begin(t.Context())
		require.NoError(t, err)
		require.NoError(t, session.write(t.Context(), tx, 1))
		return tx
	}
	tx := late(time.Second, 1)
	b.count(false)
	require.Zero(t, completed(), "not committed")
	require.NoError(t, tx.Commit(t.Context()))
	b.count(false)
	require.Equal(t, 1, completed())

	b.db.Exec(b.t, "update step_events set at = at - interval '2 hours'") // else this one draws attention to the session
	tx = late(time.Hour, 3)
	require.NoError(t, tx.Commit(t.Context()))
	b.count(false)
	require.Equal(t, 1, completed(), "too old to be found as new")
	b.count(true)
	require.Equal(t, 2, completed())

	require.NoError(t, late(time.Hour, 5).Commit(t.Context()))
	require.NoError(t, late(time.Second, 6).Commit(t.Context()))
	b.count(false)
	require.Equal(t, 4, completed(), "a later event of the session takes it along")
}

// A batch that ends before its commit leaves nothing behind.
func TestRollupsSurviveACrash(t *testing.T) {
	t.Parallel()
	b := &bundle{t, pgtest.New(t)}
	sessions := b.tellSessions(rand.New(rand.NewPCG(2, 2)), 20)
	want := expectation{counts: map[factKey]int{}, times: map[timeKey][]time.Duration{}}
	for i := range sessions {
		require.NoError(t,
			pgx.BeginFunc(t.Context(), b.db.System, func(tx pgx.Tx) error { return sessions[i].write(t.Context(), tx, 100) }))
		want.add(&sessions[i])
	}
	crash := errors.New("crash")
	err := pgx.BeginFunc(t.Context(), b.db.System, func(tx pgx.Tx) error {
		q := system.New(tx)
		state, err := q.GetRollupState(t.Context())
		require.NoError(t, err)
		counted, err := b.rollup().sweep(t.Context(), q, state)
		require.NoError(t, err)
		require.Equal(t, 20, counted)
		return crash
	})
	require.ErrorIs(t, err, crash)
	b.count(false) // the sweep is due still
	b.requireRollups(want)
}
