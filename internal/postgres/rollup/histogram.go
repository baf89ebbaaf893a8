package rollup

import "math"

// growth is the factor between the bounds of two buckets of a histogram of times:
// bucket b holds what took more than growth^(b-1) ms and at most growth^b ms, the
// first all that took up to 1 ms. Histograms of any days add up.
const growth = 1.1

// QuantileError bounds how far a quantile of a histogram is from the time of that
// rank, relative to it: (growth - 1) / (growth + 1), as of DDSketch (Masson, Rim and
// Lee 2019), whose buckets these are.
const QuantileError = (growth - 1) / (growth + 1)

// Quantiles sum up how long something took.
type Quantiles struct {
	Count         int64    `json:"count" example:"850"`
	MedianSeconds *float64 `json:"median_seconds" example:"41.2" doc:"Null without any."`
	P95Seconds    *float64 `json:"p95_seconds" example:"187.5" doc:"Null without any."`
}

// bucketCount is how many times are in a bucket.
type bucketCount struct {
	bucket int
	count  int64
}

// quantiles reads a histogram whose buckets are in order; a bucket may come twice.
func quantiles(histogram []bucketCount) Quantiles {
	q := Quantiles{}
	for _, b := range histogram {
		q.Count += b.count
	}
	q.MedianSeconds, q.P95Seconds = quantile(histogram, q.Count, 0.5), quantile(histogram, q.Count, 0.95)
	return q
}

// quantile returns the middle of the bucket that holds the time of rank p*count,
// rounded up: the nearest-rank quantile, in seconds; nil without any.
func quantile(histogram []bucketCount, count int64, p float64) *float64 {
	rank := max(int64(math.Ceil(p*float64(count))), 1)
	for _, b := range histogram {
		if rank -= b.count; rank <= 0 {
			return new(2 * math.Pow(growth, float64(b.bucket)) / (growth + 1) / 1000)
		}
	}
	return nil
}
