package flow

import (
	"context"
	"slices"
	"sync"

	"github.com/alwrity/onboarding/internal/postgres"
)

// The bounds of groups. Endings that come while that many groups are written wait for one of them
// to end, and go together.
const (
	groupSize    = 64
	groupsAtOnce = 2
)

// Endings ends submissions in groups: those whose work ends at a time share a transaction. An ending
// waits for no others: it waits only while groups are written, and the next group takes all that wait.
// Every ending has a caller who waits for it, so that nothing is left when all callers have returned.
type Endings struct {
	mu      sync.Mutex
	waiting []*member
	writing int
}

// end ends a submission in a group, or alone if its session is locked or its group fails.
func (e *Endings) end(ctx context.Context, s *Changer, m *member) error {
	m.done = make(chan error, 1)
	e.mu.Lock()
	e.waiting = append(e.waiting, m)
	if e.writing < groupsAtOnce {
		e.writing++
		go e.write(context.WithoutCancel(ctx), s)
	}
	e.mu.Unlock()
	return <-m.done
}

// write writes groups until no ending waits.
func (e *Endings) write(ctx context.Context, s *Changer) {
	for {
		members := e.take()
		if len(members) == 0 {
			return
		}
		s.endGroup(ctx, members)
	}
}

// take returns the next group: of each session the first that waits, in the order of their locks.
func (e *Endings) take() (members []*member) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var left []*member
	for _, m := range e.waiting {
		same := func(other *member) bool { return other.session() == m.session() }
		if len(members) == groupSize || slices.ContainsFunc(members, same) {
			left = append(left, m)
		} else {
			members = append(members, m)
		}
	}
	e.waiting = left
	if len(members) == 0 {
		e.writing--
	}
	slices.SortFunc(members, byID)
	return members
}

// endGroup ends the submissions of a group. It waits for nobody's session: locked ones are ended
// alone, and so are all if one of them can't end.
func (s *Changer) endGroup(ctx context.Context, members []*member) {
	bounded, cancel := context.WithTimeout(ctx, WriteTimeout)
	defer cancel()
	err := s.endTogether(bounded, members, false)
	for _, m := range members {
		switch {
		case err != nil && postgres.Unavailable(err) && !m.unknown:
			m.done <- err
		case err != nil, m.locked:
			go func() {
				alone, cancel := context.WithTimeout(ctx, WriteTimeout)
				defer cancel()
				m.done <- s.endAlone(alone, m)
			}()
		default:
			m.done <- m.err
		}
	}
}
