package flow

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// ends is what a database says has ended.
type ends struct {
	mu    sync.Mutex
	ended map[uuid.UUID]bool
	reads int
	err   error
}

func (e *ends) end(id uuid.UUID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.ended[id] = true
}

func (e *ends) read(_ context.Context, ids []uuid.UUID) (ended []uuid.UUID, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.reads++
	for _, id := range ids {
		if e.ended[id] {
			ended = append(ended, id)
		}
	}
	return ended, e.err
}

// count returns how often the ends were read.
func (e *ends) count() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.reads
}

// fail makes reads return err from now on.
func (e *ends) fail(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.err = err
}

// isDone reports whether a channel is closed.
func isDone(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

// However many calls wait, one read follows an announcement; without one, or after an error, what has
// ended is noticed all the same.
func TestWaitsReadTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		defer time.Sleep(time.Minute) // the reading goroutine ends when no call waits
		database := &ends{ended: map[uuid.UUID]bool{}}
		w := newWaits(nil, slog.New(slog.DiscardHandler))
		w.ended = database.read
		w.setListening(true)
		session, other := uuid.New(), uuid.New()
		var done []<-chan struct{}
		var all []onboarding.Submission
		for i := range 100 {
			submission := onboarding.Submission{ID: uuid.New(), SessionID: session}
			if i >= 50 {
				submission.SessionID = other
			}
			ended, leave := w.join(submission)
			defer leave()
			all, done = append(all, submission), append(done, ended)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		assert.LessOrEqual(t, database.count(), 2)

		before := database.count()
		database.end(all[0].ID)
		database.end(all[99].ID)
		w.announced([]uuid.UUID{session})
		time.Sleep(lookPause)
		synctest.Wait()
		assert.Equal(t, before+1, database.count())
		assert.True(t, isDone(done[0]))
		assert.False(t, isDone(done[99]))
		time.Sleep(announcedLook + unannouncedLook)
		synctest.Wait()
		assert.True(t, isDone(done[99]), "its announcement was lost")

		w.setListening(false)
		database.fail(errors.New("away"))
		database.end(all[1].ID)
		time.Sleep(time.Second)
		synctest.Wait()
		assert.False(t, isDone(done[1]))
		database.fail(nil)
		time.Sleep(2 * unannouncedLook)
		synctest.Wait()
		assert.True(t, isDone(done[1]))
	})
}

// A submission that ended before it was waited for is noticed, and nothing is read while no call waits.
func TestWaitsBeginAndEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		database := &ends{ended: map[uuid.UUID]bool{}}
		w := newWaits(nil, slog.New(slog.DiscardHandler))
		w.ended = database.read
		w.setListening(true)
		for range 3 {
			submission := onboarding.Submission{ID: uuid.New(), SessionID: uuid.New()}
			database.end(submission.ID)
			ended, leave := w.join(submission)
			_, leaveToo := w.join(submission)
			<-ended
			leave()
			leaveToo()
			reads := database.count()
			time.Sleep(time.Minute)
			synctest.Wait()
			assert.LessOrEqual(t, database.count(), reads+1)
		}
		assert.Empty(t, w.waiting)
	})
}

// A process that stops keeps no call waiting.
func TestWaitsEndWithTheProcess(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		defer time.Sleep(time.Minute) // the reading goroutine ends when no call waits
		w := newWaits(nil, slog.New(slog.DiscardHandler))
		w.ended = (&ends{}).read
		s := &Submitter{waits: w}
		before, leave := w.join(onboarding.Submission{ID: uuid.New()})
		s.EndWaits()
		<-before
		leave()
		after, leave := w.join(onboarding.Submission{ID: uuid.New()})
		<-after
		leave()
	})
}
