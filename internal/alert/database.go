package alert

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/rollup"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

// What the rules of dashboards/alerts.yaml call too much; a test compares them.
const (
	queueOldSeconds     = 30
	bulkQueueOldSeconds = 1800
	deadShare           = 0.01
	failingShare        = 0.3
	failingLeast        = 5
	startsFast          = 0.144
	startsFastLonger    = 0.06
	startsLeast         = 5
	// lateStart is when a start counts as late.
	lateStart = 5 * time.Second
	// deadAfter is how old the heartbeat of a worker may be.
	deadAfter = 6 * time.Second
)

// runbooks is where the runbooks are.
const runbooks = "https://github.com/alwrity/onboarding/blob/main/docs/runbooks/"

// Database reads the alerts that the database knows enough for: the age of the queues, dead jobs, failing work, late
// starts and absent workers. They fire at once; only Prometheus knows for how long something has been so.
type Database struct{ Queries *system.Queries }

// rule is an alert with what it is read from.
type rule struct {
	name, severity, summary, about string
	// firing returns the labels of each alert that fires, nil for none.
	firing func(context.Context, *system.Queries) ([]map[string]string, error)
}

// rules have the texts of dashboards/alerts.yaml.
var rules = []rule{
	{
		"QueueOld", critical, "The oldest job that a user waits for has waited for more than 30 s.",
		"All slots of the workers are taken, or no worker fetches jobs.", queueOld(queueOldSeconds, "interactive", "network"),
	},
	{
		"BulkQueueOld", warning, "The oldest bulk job has waited for more than half an hour.",
		"Bulk work makes no progress. Users do not wait for it.", queueOld(bulkQueueOldSeconds, "bulk"),
	},
	{
		"WorkerAbsent", critical, "No worker is running.",
		"Nothing that users submit is worked on. It waits in the queue and is not lost.", noWorker,
	},
	{
		"JobsDead", warning, "More than 1 % of the {{ $labels.kind }} jobs failed for good with {{ $labels.code }}.",
		"Their users can't mend them. They are kept, and can be replayed when the cause is gone.", jobsDead,
	},
	{
		"StepsFailing", warning, "More than 30 % of the work on step {{ $labels.step }} fails.",
		"Users read why and may submit again; so many at once have a common reason.", stepsFailing,
	},
	{
		"StartsBurnFast", critical, "Too many jobs that users wait for start more than 5 s late.",
		"The error budget of 30 days is used up within two days at this pace (14.4 times the budget over an hour, or 6 " +
			"times over six).", startsBurn,
	},
}

// Names are the alerts that the database knows.
func Names() (names []string) {
	for _, rule := range rules {
		names = append(names, rule.name)
	}
	return names
}

// Active returns the alerts that fire.
func (d Database) Active(ctx context.Context) ([]Alert, error) {
	alerts := []Alert{}
	for _, rule := range rules {
		found, err := rule.firing(ctx, d.Queries)
		if err != nil {
			return nil, fmt.Errorf("evaluate %s: %w", rule.name, err)
		}
		for _, labels := range found {
			runbook := runbooks + strings.TrimSuffix(rule.name, "Fast") + ".md"
			alerts = append(alerts, Alert{
				Name: rule.name, Severity: rule.severity, State: Firing, Summary: filled(rule.summary, labels),
				About: rule.about, Runbook: &runbook, Labels: labels,
			})
		}
	}
	return order(alerts), nil
}

// filled puts labels into a text, as Prometheus does.
func filled(text string, labels map[string]string) string {
	for name, value := range labels {
		text = strings.ReplaceAll(text, "{{ $labels."+name+" }}", value)
	}
	return text
}

func queueOld(most float64, queues ...string) func(context.Context, *system.Queries) ([]map[string]string, error) {
	return func(ctx context.Context, q *system.Queries) ([]map[string]string, error) {
		waiting, err := q.OldestWaiting(ctx, queues)
		if err != nil || waiting <= most {
			return nil, err
		}
		return []map[string]string{{}}, nil
	}
}

func noWorker(ctx context.Context, q *system.Queries) ([]map[string]string, error) {
	workers, err := q.ListWorkers(ctx, deadAfter.Seconds())
	if err != nil {
		return nil, err
	}
	for _, worker := range workers {
		if worker.Alive {
			return nil, nil
		}
	}
	return []map[string]string{{}}, nil
}

// jobsDead compares the dead jobs of an hour with all work that has ended in it.
func jobsDead(ctx context.Context, q *system.Queries) (firing []map[string]string, err error) {
	since := time.Now().Add(-time.Hour)
	dead, deadErr := q.CountDead(ctx, since)
	shares, err := readShares(ctx, q, since)
	if err := errors.Join(deadErr, err); err != nil {
		return nil, err
	}
	ended := map[string]int64{}
	for _, row := range shares {
		ended[row.Kind] += row.Count
	}
	for _, row := range dead {
		if float64(row.Dead) > deadShare*float64(ended[string(row.Kind)]) {
			firing = append(firing, map[string]string{"kind": string(row.Kind), "code": string(row.Code)})
		}
	}
	return firing, nil
}

// stepsFailing compares what failed of half an hour with what completed.
func stepsFailing(ctx context.Context, q *system.Queries) (firing []map[string]string, err error) {
	shares, err := readShares(ctx, q, time.Now().Add(-30*time.Minute))
	if err != nil {
		return nil, err
	}
	type counts struct{ failed, completed int64 }
	steps := map[string]*counts{}
	var order []string
	for _, row := range shares {
		step := stepOf(row.Kind)
		if step == "" {
			continue
		}
		if steps[step] == nil {
			steps[step], order = &counts{}, append(order, step)
		}
		switch row.Fact {
		case "failed", "dead":
			steps[step].failed += row.Count
		case "completed":
			steps[step].completed += row.Count
		}
	}
	for _, step := range order {
		n := *steps[step]
		if n.failed >= failingLeast && float64(n.failed) > failingShare*float64(n.failed+n.completed) {
			firing = append(firing, map[string]string{"step": step})
		}
	}
	return firing, nil
}

// stepOf returns the number of the step that a kind of work completes, "" for none.
func stepOf(kind string) string {
	if step := onboarding.Kind(kind).Info().Step; step.Valid() {
		return strconv.Itoa(int(step))
	}
	return ""
}

// startsBurn compares the late starts of two stretches of time with all.
func startsBurn(ctx context.Context, q *system.Queries) ([]map[string]string, error) {
	share := func(length time.Duration) (share float64, late int64, err error) {
		rows, err := readShares(ctx, q, time.Now().Add(-length))
		all := int64(0)
		for _, row := range rows {
			if row.Fact == "started" {
				all, late = all+row.Count, late+row.Late
			}
		}
		if all > 0 {
			share = float64(late) / float64(all)
		}
		return share, late, err
	}
	short, _, shortErr := share(5 * time.Minute)
	half, _, halfErr := share(30 * time.Minute)
	hour, _, hourErr := share(time.Hour)
	six, late, sixErr := share(6 * time.Hour)
	err := errors.Join(shortErr, halfErr, hourErr, sixErr)
	fast := hour > startsFast && short > startsFast || six > startsFastLonger && half > startsFastLonger
	if err != nil || !fast || late < startsLeast {
		return nil, err
	}
	return []map[string]string{{"objective": "starts"}}, nil
}

func readShares(ctx context.Context, q *system.Queries, since time.Time) ([]system.ReadSharesRow, error) {
	return q.ReadShares(ctx, system.ReadSharesParams{
		Since: since, LateBucket: int32(rollup.BucketOf(lateStart)), //nolint:gosec // below 200
	})
}
