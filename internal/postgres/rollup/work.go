package rollup

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

// TaskWork names the watermark until when ended work is counted, among the progress of the maintenance.
const TaskWork = "work"

// Window is a stretch of time up to now whose curves are kept.
type Window struct {
	Length, Step time.Duration
	grain        string
}

// Windows are the windows, by their name.
var Windows = map[string]Window{
	"1h":  {time.Hour, time.Minute, "minute"},
	"24h": {24 * time.Hour, 10 * time.Minute, "ten minutes"},
	"7d":  {7 * 24 * time.Hour, time.Hour, "hour"},
}

// CountWork counts the work that has ended after since and up to until.
func CountWork(ctx context.Context, q *system.Queries, since, until time.Time) error {
	_, err := q.RollUpWork(ctx, system.RollUpWorkParams{
		Since: since, Until: until, DeadCodes: deadCodes(), Growth: growth,
	})
	if err != nil {
		return fmt.Errorf("count ended work: %w", err)
	}
	return nil
}

func deadCodes() (codes []string) {
	for code := range onboarding.FailureCodes() {
		if code.Dead() {
			codes = append(codes, string(code))
		}
	}
	return codes
}

// BucketOf returns the bucket of a histogram that holds a time.
func BucketOf(took time.Duration) int {
	return int(math.Ceil(math.Log(max(float64(took)/float64(time.Millisecond), 1)) / math.Log(growth)))
}

// Curves are what ended and how long work waited, point by point: index i of each is of Step from At[i].
type Curves struct {
	At        []time.Time `json:"at"`
	Completed []int64     `json:"completed"`
	Failed    []int64     `json:"failed" doc:"Failed for a reason of the user or the website."`
	Dead      []int64     `json:"dead" doc:"Failed for a reason of ours."`
	Stopped   []int64     `json:"stopped" doc:"Cancelled or superseded."`
	WaitP50   []*float64  `json:"wait_p50" doc:"Seconds that jobs for which users wait had waited, the median; null without any."`
	WaitP95   []*float64  `json:"wait_p95"`
}

// ReadCurves reads the curves of a window that ends now.
func ReadCurves(ctx context.Context, q *system.Queries, window Window, now time.Time) (Curves, error) {
	first := now.Add(-window.Length).Truncate(window.Step)
	points := int(now.Sub(first)/window.Step) + 1
	curves := Curves{
		At: make([]time.Time, points), Completed: make([]int64, points), Failed: make([]int64, points),
		Dead: make([]int64, points), Stopped: make([]int64, points),
		WaitP50: make([]*float64, points), WaitP95: make([]*float64, points),
	}
	for i := range curves.At {
		curves.At[i] = first.Add(time.Duration(i) * window.Step)
	}
	ended, err := q.ReadWork(ctx, system.ReadWorkParams{Grain: window.grain, Since: first})
	if err != nil {
		return curves, fmt.Errorf("read what ended: %w", err)
	}
	counts := map[string][]int64{
		"completed": curves.Completed, "failed": curves.Failed, "dead": curves.Dead,
		"cancelled": curves.Stopped, "superseded": curves.Stopped,
	}
	for _, row := range ended {
		if i := int(row.At.Sub(first) / window.Step); i >= 0 && i < points && counts[row.Fact] != nil {
			counts[row.Fact][i] += row.Count
		}
	}
	waits, err := q.ReadWaits(ctx, system.ReadWaitsParams{Grain: window.grain, Since: first})
	if err != nil {
		return curves, fmt.Errorf("read the waits: %w", err)
	}
	histograms := map[int][]bucketCount{}
	for _, row := range waits {
		i := int(row.At.Sub(first) / window.Step)
		histograms[i] = append(histograms[i], bucketCount{int(row.Bucket), row.Count})
	}
	for i, histogram := range histograms {
		if i >= 0 && i < points {
			summed := quantiles(histogram)
			curves.WaitP50[i], curves.WaitP95[i] = summed.MedianSeconds, summed.P95Seconds
		}
	}
	return curves, nil
}
