package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"go.opentelemetry.io/otel/trace"

	"github.com/alwrity/onboarding/internal/bulk"
	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/maintenance"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/queue"
	"github.com/alwrity/onboarding/internal/webhook"
)

// WorkerConfig configures a worker.
type WorkerConfig struct {
	Database postgres.Server
	// DatabaseConns is how many connections the work itself may use. The queue and the
	// heartbeat have their own.
	DatabaseConns int
	// InteractiveSlots, NetworkSlots and BulkSlots are how many jobs of each queue run at a time.
	InteractiveSlots, NetworkSlots, BulkSlots int
	// PollOnly works without LISTEN, which some connection poolers don't support: the queue is
	// polled every 100 ms.
	PollOnly bool
	// Grace is how long running jobs may continue after the end of Run's context.
	Grace   time.Duration
	Crawler Crawler
	// ReadText returns the site that a text without a website stands for. It is pure.
	ReadText func(input onboarding.WebsiteInput, givenAt time.Time) onboarding.Site
	Analyzer Analyzer
	// Texts asks about pages whose main text is uncertain.
	Texts TextChooser
	// Sitemaps and Competitors do the research of step 3.
	Sitemaps    SitemapReader
	Competitors CompetitorFinder
	Personas    PersonaGenerator
	// BuildInputs builds the personalization inputs. It is pure.
	BuildInputs func(onboarding.Sources) onboarding.Inputs
	Models      Models
	Keys        Keys
	// Keep is how long old rows are kept.
	Keep maintenance.Keep
	// Webhooks says who is told what happens.
	Webhooks webhook.Config
	// ReportOnly keeps the doctor from repairing what it finds.
	ReportOnly bool
	// Version is the release that the heartbeats name.
	Version string
	// Fleet is compared with the limit of the database when the worker starts.
	Fleet postgres.Fleet
	// Traces creates the spans of the work; nil creates none.
	Traces   trace.TracerProvider
	Registry prometheus.Registerer
	Log      *slog.Logger
}

// slots are how many jobs run at a time, by queue.
func (c WorkerConfig) slots() map[string]int {
	return map[string]int{
		queue.Interactive: c.InteractiveSlots, queue.Network: c.NetworkSlots, queue.Bulk: c.BulkSlots,
	}
}

// Worker runs jobs, writes heartbeats for them, and recovers the jobs of dead workers.
type Worker struct {
	cfg   WorkerConfig
	pools pools
	river *river.Client[pgx.Tx]
	beats *heartbeat
	// background runs beside the jobs until they have ended.
	background []func(context.Context)
	fetching   atomic.Bool
}

// stopMargin is how long a stop may take beyond the grace period: cancelled jobs return, and
// their outcomes are written.
const stopMargin = 2*flow.WriteTimeout + 5*time.Second

// NewWorker makes a worker; Run starts it and must be called. It does not wait for
// the database.
func NewWorker(ctx context.Context, cfg WorkerConfig) (*Worker, error) {
	pools, err := openPools(ctx, cfg)
	if err != nil {
		return nil, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, fmt.Errorf("make client id: %w", err)
	}
	m := newMetrics(cfg.Registry)
	running := newRegistry(m.running)
	notifier := postgres.NewNotifier(pools.notify, cfg.Log)
	changer := &flow.Changer{
		Pool: pools.work, Log: cfg.Log, Metrics: flow.NewMetrics(cfg.Registry),
		Announce: notifier.Changed, Loads: &flow.Loads{}, Endings: &flow.Endings{}, Wakings: &queue.Wakings{},
		BuildInputs: cfg.BuildInputs,
	}
	supervisor := &supervisor{changer: changer, keys: cfg.Keys, running: running, cpus: newCPUs(), metrics: m}
	workers, err := newWorkers(pools, changer, cfg)
	if err == nil {
		changer.River, err = newClient(pools, id.String(), supervisor, workers, cfg)
	}
	if err != nil {
		pools.close()
		return nil, err
	}
	host, _ := os.Hostname() // "" is not known
	beats := &heartbeat{
		clientID: id.String(), host: host, version: cfg.Version,
		pool: pools.beat, running: running, metrics: m, log: cfg.Log,
	}
	feeder := &bulk.Feeder{Pool: pools.beat, River: changer.River, Log: cfg.Log}
	recovery := &flow.Recovery{Changer: changer, Lists: pools.beat, Steady: beats.steady}
	return &Worker{cfg: cfg, pools: pools, river: changer.River, beats: beats, background: []func(context.Context){
		beats.run, recovery.Run, notifier.Run, feeder.Run,
		maintenance.NewWatcher(pools.beat, id.String(), cfg.slots(), cfg.Registry, cfg.Log).Run,
		maintenance.NewRollup(pools.beat, cfg.Registry, cfg.Log).Run,
		webhook.New(pools.webhooks, cfg.Webhooks, cfg.Registry, cfg.Log).Run,
	}}, nil
}

// newClient makes the queue client.
func newClient(
	pools pools, id string, supervisor *supervisor, workers *river.Workers, cfg WorkerConfig,
) (*river.Client[pgx.Tx], error) {
	poll := 500 * time.Millisecond // a safety net for lost notifications, which costs the database little
	pollOnly := cfg.PollOnly || cfg.Database.PollOnly()
	if pollOnly {
		poll = 100 * time.Millisecond
	}
	queues := map[string]river.QueueConfig{}
	for name, slots := range cfg.slots() {
		queues[name] = river.QueueConfig{MaxWorkers: slots}
	}
	middleware := slices.Concat([]rivertype.Middleware{&endedRows{}}, queue.Traced(cfg.Traces),
		[]rivertype.Middleware{supervisor})
	client, err := river.NewClient(queue.Driver(pools.queue, pools.listening), &river.Config{
		ID:                   id,
		Queues:               queues,
		Workers:              workers,
		FetchCooldown:        queue.FetchCooldown,
		FetchPollInterval:    poll,
		PollOnly:             pollOnly,
		FetchOnlyKnownKinds:  true, // the kinds of a newer release wait for a newer worker
		SkipUnknownJobCheck:  true, // a successor may be of such a kind
		Middleware:           middleware,
		RetryPolicy:          retryPolicy{},
		PeriodicJobs:         []*river.PeriodicJob{doctorPeriod()},
		RescueStuckJobsAfter: rescueAfter(),         // a much slower safety net behind the recovery
		ReindexerSchedule:    river.NeverSchedule(), // only the owner of the indexes may
		SoftStopTimeout:      cfg.Grace,
		// The retention deletes jobs that ended: River's statement reads all that are kept.
		CompletedJobRetentionPeriod: -1, CancelledJobRetentionPeriod: -1, DiscardedJobRetentionPeriod: -1,
		Logger: slog.New(queue.NewLog(cfg.Log.Handler())),
	})
	if err != nil {
		return nil, fmt.Errorf("make the queue client: %w", err)
	}
	return client, nil
}

// newWorkers registers the kinds of work, and the two kinds of jobs that belong to no
// submission.
func newWorkers(pools pools, changer *flow.Changer, cfg WorkerConfig) (*river.Workers, error) {
	workers := river.NewWorkers()
	doctor := &doctorWorker{
		doctor:     maintenance.NewDoctor(pools.beat, changer, cfg.Registry),
		retention:  maintenance.NewRetention(pools.beat, cfg.Keep, cfg.Registry),
		stalls:     maintenance.NewStalls(pools.beat, cfg.Registry),
		reportOnly: cfg.ReportOnly,
	}
	err := errors.Join(
		addKinds(workers, works(pools.queue, cfg)),
		river.AddWorkerSafely(workers, doctor),
		river.AddWorkerSafely(workers, &bulkItemWorker{changer: changer, items: newBulkMetrics(cfg.Registry)}),
	)
	if err != nil {
		return nil, fmt.Errorf("register the kinds of work: %w", err)
	}
	return workers, nil
}

// Run works until ctx ends, then lets running jobs finish within the grace period and hands the
// rest back. It waits for a database that is unavailable or whose schema is too old. It returns
// nil after a clean stop.
func (w *Worker) Run(ctx context.Context) error {
	defer w.pools.close()
	if started, err := w.start(ctx); !started {
		return err
	}
	w.fetching.Store(true)
	w.cfg.Log.InfoContext(ctx, "worker started", "client_id", w.beats.clientID)
	w.cfg.Fleet.WarnOfBudget(ctx, w.pools.beat, w.cfg.Log)
	background, stopBackground := context.WithCancel(context.WithoutCancel(ctx))
	var group sync.WaitGroup
	for _, run := range w.background {
		group.Go(func() { run(background) })
	}
	<-ctx.Done()
	w.fetching.Store(false)
	err := w.stop(context.WithoutCancel(ctx))
	stopBackground()
	group.Wait()
	if endErr := w.beats.end(context.WithoutCancel(ctx)); endErr != nil {
		err = errors.Join(err, fmt.Errorf("delete the heartbeat: %w", endErr))
	}
	return err
}

func (w *Worker) stop(ctx context.Context) error {
	w.cfg.Log.InfoContext(ctx, "worker stopping", "grace", w.cfg.Grace.String())
	ctx, cancel := context.WithTimeout(ctx, w.cfg.Grace+stopMargin)
	defer cancel()
	if err := w.river.Stop(ctx); err != nil {
		return fmt.Errorf("stop the queue client: %w", err)
	}
	return nil
}

// start starts the queue client as soon as the database answers with a schema that
// this build can use. It gives up when ctx ends, without an error.
func (w *Worker) start(ctx context.Context) (started bool, err error) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		err = postgres.Ready(ctx, w.pools.work)
		if err == nil {
			err = w.beats.beat(ctx) // a worker without a heartbeat would be taken for dead
		}
		if err == nil {
			err = w.river.Start(context.WithoutCancel(ctx))
		}
		switch {
		case err == nil:
			return true, nil
		case ctx.Err() != nil:
			return false, nil
		case !errors.Is(err, postgres.ErrOutdated) && !postgres.Unavailable(err):
			return false, fmt.Errorf("start the worker: %w", err)
		}
		w.cfg.Log.WarnContext(ctx, "waiting for the database", "error", err)
		select {
		case <-ctx.Done():
			return false, nil
		case <-ticker.C:
		}
	}
}
