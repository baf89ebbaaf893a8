package webhook

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/metric"
	"github.com/alwrity/onboarding/internal/postgres/system"
	"github.com/alwrity/onboarding/internal/queue"
)

// Config is how events are delivered.
type Config struct {
	Receivers []Receiver
	Sender    *Sender
	// Slots are the requests to each receiver at a time.
	Slots int
	// RetryFor is the age from which an event is parked that the receiver does not take.
	RetryFor time.Duration
}

const (
	// pollEvery is how often new events and due lanes are looked for.
	pollEvery = 500 * time.Millisecond
	// meetEvery is how often the receivers of the settings are noted.
	meetEvery = time.Hour
	// laneEvents is how many events of one user are sent before others get their turn.
	laneEvents = 20
	// leastAttempts is how often an old event is tried, too, before it is parked, unless the receiver takes nothing.
	leastAttempts = 8
	// leaseMargin is how long a lane is held beyond the time limit of a request.
	leaseMargin = 15 * time.Second
	// writeTimeout bounds the statements after a request.
	writeTimeout = 5 * time.Second
)

// Deliverer delivers the events of a database. Every worker has one; they share the lanes.
type Deliverer struct {
	cfg  Config
	pool *pgxpool.Pool // sees all users
	log  *slog.Logger

	attempts *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	// lease is how long a claimed lane is held for one request.
	lease float64
}

// New returns a deliverer. pool must assume the system role.
func New(pool *pgxpool.Pool, cfg Config, reg prometheus.Registerer, log *slog.Logger) *Deliverer {
	var names []string
	for _, r := range cfg.Receivers {
		names = append(names, r.Name)
	}
	d := &Deliverer{
		cfg: cfg, pool: pool, log: log,
		attempts: metric.Counters(reg, "onboarding_webhook_attempts_total",
			"Attempts to deliver an event to a receiver of webhooks; a parked event is not tried again.",
			metric.By("receiver", names...), metric.By("outcome", outcomeDelivered, outcomeFailed, outcomeParked)),
		seconds: metric.Histograms(reg, "onboarding_webhook_attempt_seconds",
			"Time from a request to a receiver of webhooks to its answer or failure.",
			[]float64{0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}, metric.By("receiver", names...)),
	}
	if cfg.Sender != nil {
		d.lease = (cfg.Sender.timeout + leaseMargin).Seconds()
	}
	return d
}

// Run delivers until ctx ends. Without receivers it returns at once.
func (d *Deliverer) Run(ctx context.Context) {
	if len(d.cfg.Receivers) == 0 {
		return
	}
	var group sync.WaitGroup
	defer group.Wait()
	group.Go(func() {
		d.meet(ctx)
		queue.Every(ctx, meetEvery, d.meet)
	})
	group.Go(func() { queue.Every(ctx, pollEvery, d.dispatch) })
	for _, r := range d.cfg.Receivers {
		group.Go(func() { (&lanes{Deliverer: d, receiver: r}).run(ctx) })
	}
}

// meet notes the receivers, from when on events are written for them.
func (d *Deliverer) meet(ctx context.Context) {
	for _, r := range d.cfg.Receivers {
		params := system.MeetReceiverParams{Name: r.Name, Kinds: r.Kinds}
		for ctx.Err() == nil {
			err := system.New(d.pool).MeetReceiver(ctx, params)
			if err == nil {
				break
			}
			d.warn(ctx, r.Name, fmt.Errorf("note the receiver: %w", err))
			pause(ctx, pollEvery, nil)
		}
	}
}

// warn logs an error of the database, unless the worker is stopping; receiver is "" for all. What was not done is
// tried again.
func (d *Deliverer) warn(ctx context.Context, receiver string, err error) {
	if ctx.Err() == nil {
		d.log.WarnContext(ctx, "webhooks held up", "receiver", receiver, "error", err)
	}
}

// pause returns after a time, when ctx ends, or when there is something to do.
func pause(ctx context.Context, wait time.Duration, wake <-chan struct{}) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-wake:
	case <-ctx.Done():
	}
}

// backoff returns the wait after so many failed attempts: 1 s, 2 s, 4 s and so on up to 15 minutes, a tenth more
// or less.
func backoff(attempts int) time.Duration {
	const most = 15 * time.Minute
	wait := most
	if attempts < 10 {
		wait = min(time.Second<<attempts, most)
	}
	return time.Duration(float64(wait) * (0.9 + rand.Float64()/5)) //nolint:gosec // spreads load
}
