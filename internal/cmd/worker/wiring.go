package worker

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/config"
	"github.com/alwrity/onboarding/internal/exa"
	"github.com/alwrity/onboarding/internal/kms"
	"github.com/alwrity/onboarding/internal/llm"
	"github.com/alwrity/onboarding/internal/maintenance"
	textquestion "github.com/alwrity/onboarding/internal/maintext/question"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/ops"
	"github.com/alwrity/onboarding/internal/persona"
	"github.com/alwrity/onboarding/internal/personalize"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/seal"
	"github.com/alwrity/onboarding/internal/style"
	"github.com/alwrity/onboarding/internal/style/question"
	"github.com/alwrity/onboarding/internal/webhook"
	"github.com/alwrity/onboarding/internal/webpage"
	"github.com/alwrity/onboarding/internal/website"
	"github.com/alwrity/onboarding/jobs"
)

// analyzer analyses a website, with a model where there is one.
type analyzer struct {
	*style.Analyzer
	*question.Prompter
}

// newWorkerConfig wires what the jobs need.
func newWorkerConfig(
	cfg config.Worker, ring *seal.Ring, registry prometheus.Registerer, log *slog.Logger,
) (jobs.WorkerConfig, error) {
	crawler := website.New(cfg.FetchAllowPrefixes, registry, log)
	judge, err := style.New(registry, style.Config{Brand: cfg.BrandColumns})
	if err != nil {
		return jobs.WorkerConfig{}, fmt.Errorf("load the analyser: %w", err)
	}
	transport := website.NewTransport(cfg.FetchAllowPrefixes)
	models, err := llm.New(llm.Config{Transport: transport, Providers: endpointsOf(cfg.Models)}, registry)
	if err != nil {
		return jobs.WorkerConfig{}, fmt.Errorf("set up the model client: %w", err)
	}
	webhooks, err := webhooksOf(cfg)
	if err != nil {
		return jobs.WorkerConfig{}, err
	}
	return jobs.WorkerConfig{
		Database: postgres.NewServer(cfg.Server()), DatabaseConns: cfg.DatabaseConns,
		InteractiveSlots: cfg.InteractiveSlots, NetworkSlots: cfg.NetworkSlots, BulkSlots: cfg.BulkSlots,
		PollOnly: cfg.PollOnly, Grace: cfg.ShutdownGrace,
		Crawler: crawler, ReadText: webpage.FromText, Analyzer: analyzer{judge, question.New(judge)},
		Texts:    jobs.TextChooser{Prompt: textquestion.Prompt, Merge: textquestion.Merge},
		Personas: persona.New(registry), BuildInputs: personalize.Build, Models: models, Keys: ring,
		Sitemaps: crawler, Competitors: exa.New(cfg.ExaURL, transport),
		Version:    ops.Version(),
		Fleet:      fleetOf(cfg),
		Keep:       maintenance.Keep(cfg.Retention),
		Webhooks:   webhooks,
		ReportOnly: !cfg.DoctorRepair, Registry: registry, Log: log,
	}, nil
}

func fleetOf(cfg config.Worker) postgres.Fleet {
	return postgres.Fleet{APIs: cfg.APIProcesses, Workers: cfg.WorkerProcesses, DatabaseConns: cfg.DatabaseConns}
}

// webhooksOf returns the receivers of webhooks and what sends to them.
func webhooksOf(cfg config.Worker) (webhook.Config, error) {
	receivers, err := webhook.Parse(cfg.Webhooks.Webhooks.Reveal())
	return webhook.Config{
		Receivers: receivers, Slots: cfg.WebhookSlots, RetryFor: cfg.WebhookRetryFor,
		Sender: webhook.NewSender(website.NewTransport(cfg.WebhookPrefixes), cfg.WebhookPrefixes, cfg.WebhookTimeout),
	}, err
}

// openRing loads the key ring. One that is missing is created if inUse is not nil and reports that nothing is sealed.
func openRing(ctx context.Context, cfg config.Seal, inUse func(context.Context) bool) (*seal.Ring, error) {
	kek, err := kms.Open(ctx, cfg.SealKMSURI)
	if err != nil {
		return nil, err
	}
	source := seal.Source{Value: cfg.SealKeys.Reveal(), File: cfg.SealKeysFile, KEK: kek}
	if inUse != nil {
		return seal.LoadOrCreate(ctx, source, inUse)
	}
	return seal.Load(ctx, source)
}

// openSystem opens a pool that sees the rows of all users. It fails if the schema is
// older than this program needs.
func openSystem(ctx context.Context, database config.Database, name string) (*postgres.Pool, error) {
	pool, err := postgres.OpenPool(ctx, postgres.PoolConfig{
		Server: postgres.NewServer(database.Server()), Name: "worker " + name, Role: postgres.RoleSystem, MaxConns: 1,
		Registry: prometheus.NewRegistry(),
	})
	if err != nil {
		return nil, err
	}
	if err := postgres.Ready(ctx, pool); err != nil {
		pool.Close()
		return nil, err
	}
	return pool, nil
}

// endpointsOf returns the address and the model of each provider that has an address of its own.
func endpointsOf(cfg config.Models) map[onboarding.Provider]llm.Endpoint {
	endpoints := map[onboarding.Provider]llm.Endpoint{}
	for _, p := range onboarding.Providers() {
		if p.Model != nil && !p.UserNamesServer() {
			address, model := cfg.Of(string(p.Provider))
			endpoints[p.Provider] = llm.Endpoint{BaseURL: cmp.Or(address, p.Model.BaseURL), Model: cmp.Or(model, p.Model.Model)}
		}
	}
	return endpoints
}
