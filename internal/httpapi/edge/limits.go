package edge

import (
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"
	"golang.org/x/time/rate"

	"github.com/alwrity/onboarding/internal/onboarding"
)

const (
	// forgetAfter is how long a bucket is kept at least after its last use. It is full again by then.
	forgetAfter = 10 * time.Second
	// mostBuckets bounds the buckets that are kept at a time, about 100 bytes each.
	mostBuckets = 200_000
	// addressBurst is how many seconds' worth of calls an address may make at once.
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

// isWrite reports whether an operation takes a token of writes.
func isWrite(op *huma.Operation) bool { return !isRead(op.Method) || op.Metadata[writes] == true }

func isRead(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// limiter bounds the calls of each user, or of each network address.
type limiter struct {
	writes, reads *buckets
	// code ends the codes of refusals; the others are their sentences.
	code, tooManyWrites, tooManyReads string
}

// limiters returns those of users and of addresses.
func limiters(l onboarding.Limits) (users, addresses *limiter) {
	perAddress := func(perSecond int) *buckets { return newBuckets(perSecond, addressBurst*perSecond) }
	users = &limiter{
		newBuckets(l.WritesPerSecond, l.WritesBurst), newBuckets(l.ReadsPerSecond, l.ReadsBurst), "",
		"You are sending changes too fast; wait a moment and try again.",
		"You are reading too fast; wait a moment and try again.",
	}
	addresses = &limiter{
		perAddress(l.AddressWritesPerSecond), perAddress(l.AddressReadsPerSecond), "_from_address",
		"Too many changes come from your network; wait a moment and try again.",
		"Too many requests come from your network; wait a moment and try again.",
	}
	return users, addresses
}

// admit takes a token for a call, or returns the problem that there is none.
func (l *limiter) admit(key string, write bool) error {
	if write {
		return tooMany(l.writes.take(key), "too_many_writes"+l.code, l.tooManyWrites)
	}
	return tooMany(l.reads.take(key), "too_many_reads"+l.code, l.tooManyReads)
}

// admitAddress takes a token of the network address that sends a request, whatever becomes of it: pages and paths
// that do not exist cost too. Who watches over the process is not limited.
func (e *Edge) admitAddress(c *fiber.Ctx) error {
	if path := c.Path(); path != PathHealth && path != PathReady {
		if err := e.addresses.admit(e.network(c), !isRead(c.Method())); err != nil {
			return err
		}
	}
	return c.Next()
}

// tooMany is the problem of a token that is to be had only after a wait, nil if there is none.
func tooMany(wait time.Duration, code, detail string) error {
	if wait == 0 {
		return nil
	}
	return NewProblem(http.StatusTooManyRequests, code, detail).WithRetryAfter(wait)
}

// places counts what each user has at a time.
type places struct {
	mu    sync.Mutex
	users map[string]int
}

// take counts one more thing of a user, until done. It reports false if the user has as many as most, unless that is 0.
func (p *places) take(userID string, most int) (done func(), ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if most > 0 && p.users[userID] >= most {
		return nil, false
	}
	if p.users == nil {
		p.users = map[string]int{}
	}
	p.users[userID]++
	return sync.OnceFunc(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.users[userID]--; p.users[userID] == 0 {
			delete(p.users, userID)
		}
	}), true
}

// Waiting counts a call of a user that waits, until done. It reports false if the user has as many
// as one may.
func (e *Edge) Waiting(userID string) (done func(), ok bool) {
	return e.waiting.take(userID, e.Limits.WaitingCalls)
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
