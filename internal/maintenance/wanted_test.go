package maintenance

import (
	"cmp"
	"log/slog"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"

	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/internal/queue"
)

func TestWorkersWanted(t *testing.T) {
	t.Parallel()
	f := fleet{slots: someSlots}
	assert.InDelta(t, 1, f.read(nil), 0, "never none: a worker publishes what is wanted")
	assert.InDelta(t, 4, f.read(map[string]load{queue.Network: {waiting: 30}}), 0, "unknown: a slot for each that waits")
	assert.InDelta(t, 4, f.read(map[string]load{queue.Network: {running: 10, ended: 2, seconds: 30}}), 0, "shrinks later")

	f = fleet{slots: someSlots}
	f.read(map[string]load{queue.Network: {running: 10, ended: 10, seconds: 10}})
	assert.InDelta(t, 2, f.read(map[string]load{queue.Network: {running: 10, waiting: 15}}), 0, "one second each: a slot more")
	assert.InDelta(t, 2, f.read(map[string]load{queue.Bulk: {running: 2, waiting: 900, ended: 9, seconds: 1}}), 0,
		"bulk work has time")
}

// What the queues hold and what has ended is read from them.
func TestWantedIsReadFromTheQueues(t *testing.T) {
	t.Parallel()
	b := &bundle{t, pgtest.New(t)}
	b.db.Exec(t, `insert into river_job (args, kind, max_attempts, queue)
		select '{}', 'website_analysis', 25, 'network' from generate_series(1, 30)`)
	b.db.Exec(t, `insert into river_job (args, kind, max_attempts, queue, state, attempted_at, finalized_at)
		values ('{}', 'website_analysis', 25, 'network', 'completed', now() - interval '31 seconds', now() - interval '1 second'),
			('{}', 'website_analysis', 25, 'network', 'completed', now() - interval '2 hours', now() - interval '1 hour')`)
	b.elect("me")
	w := NewWatcher(b.db.System, "me", someSlots, prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
	w.tick(t.Context())
	// 30 jobs of 30 seconds each within 15 seconds are 60 slots: 7.5 of a worker's 10 are planned with.
	assert.InDelta(t, 8, testutil.ToFloat64(w.queues["workers_wanted"].WithLabelValues()), 0)
}

// serviceSeconds is how long a job of the modelled load takes on average.
const serviceSeconds = 20

// modelled is one queue with a fleet that follows what is wanted, in steps of a second.
type modelled struct {
	rng     *rand.Rand
	arrived []int // seconds at which those arrived that wait
	ends    []int // seconds at which those end that run
	workers int
	starts  []int // seconds from which further workers are there
}

// step lets a second pass in which n jobs arrive, and returns how many of them ended, with their seconds.
func (m *modelled) step(now, n int) (ended int) {
	for range n {
		m.arrived = append(m.arrived, now)
	}
	running := len(m.ends)
	m.ends = slices.DeleteFunc(m.ends, func(at int) bool { return at <= now })
	for len(m.arrived) > 0 && len(m.ends) < m.workers*someSlots[queue.Network] {
		m.arrived = m.arrived[1:]
		m.ends = append(m.ends, now+1+int(m.rng.ExpFloat64()*serviceSeconds))
	}
	for len(m.starts) > 0 && m.starts[0] <= now {
		m.starts, m.workers = m.starts[1:], m.workers+1
	}
	return running - len(m.ends)
}

// scale makes the fleet as large as is wanted: workers start within 30 seconds, and end once they have nothing to do.
func (m *modelled) scale(now, wanted int) {
	for m.workers+len(m.starts) < wanted {
		m.starts = append(m.starts, now+30)
	}
	idle := m.workers - (len(m.ends)+someSlots[queue.Network]-1)/someSlots[queue.Network]
	m.workers -= max(min(m.workers-wanted, idle), 0)
}

// Two hours of arrivals that swell and ebb, with a burst of six times as many in the middle: the fleet follows without
// flapping, the burst's backlog is gone in time, and most of what is there is used.
func TestTheFleetFollowsTheLoad(t *testing.T) {
	t.Parallel()
	m := &modelled{rng: rand.New(rand.NewPCG(1, 2)), workers: 1}
	f := fleet{slots: someSlots}
	last, direction, turns, ended := 1, 0, 0, 0
	lateSince, worst, busy, there := 0, 0, 0, 0
	for now := range 7200 {
		rate := 1 - math.Cos(2*math.Pi*float64(now)/7200) // 0 to 2 a second, 40 slots at most
		if now >= 4800 && now < 4980 {
			rate *= 6
		}
		n := 0
		for left := m.rng.ExpFloat64(); left < rate; left += m.rng.ExpFloat64() {
			n++
		}
		ended += m.step(now, n)
		busy, there = busy+len(m.ends), there+m.workers*someSlots[queue.Network]
		switch late := len(m.arrived) > 0 && now-m.arrived[0] > 30; {
		case !late:
			lateSince = now
		default:
			worst = max(worst, now-lateSince)
		}
		if now%int(watchEvery/time.Second) != 0 {
			continue
		}
		l := load{waiting: len(m.arrived), running: len(m.ends), ended: ended, seconds: float64(ended) * serviceSeconds}
		wanted := int(f.read(map[string]load{queue.Network: l}))
		ended = 0
		m.scale(now, wanted)
		if d := cmp.Compare(wanted, last); d != 0 {
			if direction != 0 && d != direction {
				turns++
			}
			direction, last = d, wanted
		}
	}
	t.Logf("turns %d, late for %d s at most, used %.2f", turns, worst, float64(busy)/float64(there))
	assert.LessOrEqual(t, turns, 4)
	assert.LessOrEqual(t, worst, 30)
	assert.Greater(t, float64(busy)/float64(there), 0.35)
}
