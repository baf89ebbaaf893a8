package edge

import (
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"golang.org/x/time/rate"

	"github.com/alwrity/onboarding/internal/onboarding"
)

const (
	// forgetAfter is how long a bucket is kept at least after its last use. It is full again by then.
	forgetAfter = 10 * time.Second
	// mostBuckets bounds the buckets that are kept at a time, about 100 bytes each.
	mostBuckets = 200_000
	// addressBurst is how many seconds' worth of writes an address may make at once.
	addressBurst = 3
)

// buckets are token buckets by key, in the memory of this process. Those that were not used for a
// while are forgotten.
type buckets struct {
	limit rate.Limit
	burst int

	mu sync.Mutex
	// now has the buckets that were used since turned, before those of the time before that.
	now, before map[string]*rate.Limiter
	turned      time.Time
}

// newBuckets returns buckets that get so many tokens a second; nil, which never runs out, for 0.
func newBuckets(perSecond, burst int) *buckets {
	if perSecond == 0 {
		return nil
	}
	return &buckets{
		limit: rate.Limit(perSecond), burst: max(burst, 1), now: map[string]*rate.Limiter{}, turned: time.Now(),
	}
}

// take takes a token, or returns after how long there is one.
func (b *buckets) take(key string) (wait time.Duration) {
	if b == nil {
		return 0
	}
	reservation := b.bucket(key).Reserve()
	if wait = reservation.Delay(); wait > 0 {
		reservation.Cancel()
	}
	return wait
}

func (b *buckets) bucket(key string) *rate.Limiter {
	b.mu.Lock()
	defer b.mu.Unlock()
	full := time.Duration(float64(b.burst) / float64(b.limit) * float64(time.Second))
	if time.Since(b.turned) > max(forgetAfter, full) || len(b.now) >= mostBuckets/2 {
		b.now, b.before, b.turned = map[string]*rate.Limiter{}, b.now, time.Now()
	}
	bucket := b.now[key]
	if bucket == nil {
		if bucket = b.before[key]; bucket == nil {
			bucket = rate.NewLimiter(b.limit, b.burst)
		}
		b.now[key] = bucket
	}
	return bucket
}

// Writes marks an operation that changes something although its method is GET.
func Writes(op *huma.Operation) { op.Metadata[writes] = true }

// isWrite reports whether an operation takes a token.
func isWrite(op *huma.Operation) bool {
	return op.Method != http.MethodGet && op.Method != http.MethodHead || op.Metadata[writes] == true
}

// admitAddress takes a token of the network address that sends a write. Calls that are refused later
// have taken theirs.
func (e *Edge) admitAddress(ctx huma.Context) error {
	if !isWrite(ctx.Operation()) {
		return nil
	}
	return tooMany(e.addresses.take(e.network(humafiber.Unwrap(ctx))), "too_many_writes_from_address",
		"Too many changes come from your network; wait a moment and try again.")
}

// admitUser takes a token of the user who sends a write.
func (e *Edge) admitUser(ctx huma.Context, userID string) error {
	if !isWrite(ctx.Operation()) {
		return nil
	}
	return tooMany(e.writers.take(userID), "too_many_writes",
		"You are sending changes too fast; wait a moment and try again.")
}

// tooMany is the problem of a token that is to be had only after a wait, nil if there is none.
func tooMany(wait time.Duration, code, detail string) error {
	if wait == 0 {
		return nil
	}
	return NewProblem(http.StatusTooManyRequests, code, detail).WithRetryAfter(wait)
}

// waiters counts the calls of each user that wait for work.
type waiters struct {
	mu    sync.Mutex
	users map[string]int
}

// Waiting counts a call of a user that waits, until done. It reports false if the user has as many
// as one may.
func (e *Edge) Waiting(userID string) (done func(), ok bool) {
	most, w := e.Limits.WaitingCalls, &e.waiters
	w.mu.Lock()
	defer w.mu.Unlock()
	if most > 0 && w.users[userID] >= most {
		return nil, false
	}
	if w.users == nil {
		w.users = map[string]int{}
	}
	w.users[userID]++
	return sync.OnceFunc(func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.users[userID]--; w.users[userID] == 0 {
			delete(w.users, userID)
		}
	}), true
}

// countWaiting refuses a call of an operation that waits if the user has too many.
func (e *Edge) countWaiting(ctx huma.Context, next func(huma.Context)) {
	done, ok := e.Waiting(User(ctx.Context()).ID)
	if !ok {
		Refuse(humafiber.Unwrap(ctx), &onboarding.LimitError{
			Code:       "too_many_waiting_calls",
			Reason:     "Too many of your calls are waiting for work; wait until one is answered and try again.",
			RetryAfter: RetryAfter,
		})
		return
	}
	defer done()
	next(ctx)
}
