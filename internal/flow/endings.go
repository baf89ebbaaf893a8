package flow

import (
	"context"
	"slices"

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
type Endings struct{ batches[*member] }

// end ends a submission in a group, or alone if its session is locked or its group fails.
func (e *Endings) end(ctx context.Context, s *Changer, m *member) error {
	m.done = make(chan error, 1)
	ctx = context.WithoutCancel(ctx)
	e.add(m, groupsAtOnce, nextGroup, func(members []*member) { s.endGroup(ctx, members) })
	return <-m.done
}

// nextGroup takes of each session the first ending that waits, in the order of their locks.
func nextGroup(waiting []*member) (members, left []*member) {
	for _, m := range waiting {
		same := func(other *member) bool { return other.session() == m.session() }
		if len(members) == groupSize || slices.ContainsFunc(members, same) {
			left = append(left, m)
		} else {
			members = append(members, m)
		}
	}
	slices.SortFunc(members, byID)
	return members, left
}

// endGroup ends the submissions of a group. It does not wait for a locked session: those are ended
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
