package textstat

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// round4 rounds to four decimals, which keeps documents short and hides the last
// bits that differ between processors.
func round4(x float64) float64 { return math.Round(x*1e4) / 1e4 }

// ratio is a/b rounded, nil when b is zero.
func ratio(a, b int) *float64 {
	if b == 0 {
		return nil
	}
	return rounded(float64(a) / float64(b))
}

// rounded returns x rounded, nil when it is not finite.
func rounded(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	x = round4(x)
	return &x
}

// OrZero is *p, 0 for nil.
func OrZero(p *float64) float64 {
	if p == nil {
		return 0
	}
	return *p
}

// SortedKeys returns the keys of m in ascending order.
func SortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	return slices.Sorted(maps.Keys(m))
}

// distribution summarizes counts; bounds are the upper bounds of all buckets but
// the last. It is nil for no counts.
func distribution(counts []int, bounds []int) *onboarding.Distribution {
	if len(counts) == 0 {
		return nil
	}
	sorted := slices.Sorted(slices.Values(counts))
	mean, deviation := meanAndDeviation(sorted)
	return &onboarding.Distribution{
		Mean:      round4(mean),
		Median:    Percentile(sorted, 50),
		P10:       Percentile(sorted, 10),
		P90:       Percentile(sorted, 90),
		StDev:     round4(deviation),
		Max:       sorted[len(sorted)-1],
		Histogram: histogram(sorted, bounds),
	}
}

// Percentile is the nearest-rank percentile of sorted counts.
func Percentile(sorted []int, p float64) float64 {
	rank := int(math.Ceil(p / 100 * float64(len(sorted))))
	return float64(sorted[max(rank, 1)-1])
}

func histogram(counts []int, bounds []int) []onboarding.Bucket {
	buckets := make([]onboarding.Bucket, 0, len(bounds)+1)
	from := 1
	for _, to := range bounds {
		buckets = append(buckets, onboarding.Bucket{From: from, To: &to})
		from = to + 1
	}
	buckets = append(buckets, onboarding.Bucket{From: from})
	for _, c := range counts {
		i, _ := slices.BinarySearch(bounds, c)
		buckets[i].Count++
	}
	return buckets
}

// Tally counts terms and the pages that show them.
type Tally struct {
	Count map[string]int
	pages map[string]map[int]bool
}

// NewTally returns an empty tally.
func NewTally() *Tally {
	return &Tally{Count: map[string]int{}, pages: map[string]map[int]bool{}}
}

// Add counts a term on a page.
func (t *Tally) Add(term string, page int) {
	t.Count[term]++
	if t.pages[term] == nil {
		t.pages[term] = map[int]bool{}
	}
	t.pages[term][page] = true
}

// Top returns at most n terms with at least least occurrences, most frequent
// first, equal ones in alphabetical order.
func (t *Tally) Top(n, least int) []onboarding.Term {
	terms := []onboarding.Term{}
	for _, text := range SortedKeys(t.Count) {
		if t.Count[text] >= least {
			terms = append(terms, onboarding.Term{Text: text, Count: t.Count[text], Pages: len(t.pages[text])})
		}
	}
	slices.SortStableFunc(terms, func(a, b onboarding.Term) int { return cmp.Compare(b.Count, a.Count) })
	return terms[:min(n, len(terms))]
}

// meanAndDeviation returns the mean and the standard deviation.
func meanAndDeviation[N int | float64](xs []N) (mean, deviation float64) {
	sum, squares := 0.0, 0.0
	for _, x := range xs {
		sum += float64(x)
	}
	mean = sum / float64(len(xs))
	for _, x := range xs {
		squares += (float64(x) - mean) * (float64(x) - mean)
	}
	return mean, math.Sqrt(squares / float64(len(xs)))
}

// BoolToInt is 1 for true.
func BoolToInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
