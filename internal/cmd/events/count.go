package main

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// errBroken says that a promise is broken.
var errBroken = errors.New("a promise is broken; the lines above say which")

// count compares what happened with what arrived and prints the figures.
func (s *stage) count(ctx context.Context, receivers []*receiver, o options, stdout io.Writer) error {
	events, parked, err := s.happened(ctx)
	if err != nil {
		return err
	}
	broken := s.untold(ctx, o, stdout)
	delivered, duplicates, disorder, lost := 0, 0, 0, 0
	for _, r := range receivers {
		seen, repeated, outOfOrder, forged := r.figures()
		delivered, duplicates, disorder = delivered+len(seen), duplicates+repeated, disorder+outOfOrder
		if forged > 0 {
			broken = true
			progress(stdout, "%d requests to %s were not signed", forged, r.name)
		}
		for id := range events {
			if !seen[id] && !parked[fmt.Sprint(r.name, id)] {
				lost++
			}
		}
	}
	_, err = fmt.Fprintf(stdout,
		"events: events=%d receivers=%d delivered=%d duplicates=%d out_of_order=%d lost=%d kills=%d parked=%d\n",
		len(events), len(receivers), delivered, duplicates, disorder, lost, o.kills, len(parked))
	if err == nil && (broken || lost > 0 || disorder > 0) {
		err = errBroken
	}
	return err
}

// happened reads which events there are, and which were parked.
func (s *stage) happened(ctx context.Context) (events map[int64]bool, parked map[string]bool, err error) {
	var ids []int64
	var held []string
	err = s.system.QueryRow(ctx, `select
		array(select id from outbox_events),
		array(select distinct receiver || event_id from webhook_attempts where outcome = 'parked')`).Scan(&ids, &held)
	events, parked = map[int64]bool{}, map[string]bool{}
	for _, id := range ids {
		events[id] = true
	}
	for _, one := range held {
		parked[one] = true
	}
	return events, parked, err
}

// untold reports whether a change has no event, by what the tables of the changes say.
func (s *stage) untold(ctx context.Context, o options, stdout io.Writer) (broken bool) {
	kept, deleted := o.users()
	for what, check := range map[string]struct {
		query string
		want  int
	}{
		"onboarding.started": {"select count(*)::int from outbox_events where kind = 'onboarding.started'", kept},
		"step.completed": {
			"select count(distinct (session_id, version))::int from outbox_events where kind = 'step.completed' and step = 5",
			kept * completions,
		},
		"account.deleted": {"select count(*)::int from outbox_events where kind = 'account.deleted'", deleted},
		"inputs.updated, of users without": {
			`select count(*)::int from personalization_inputs i where i.revision is not null and not exists (
				select from outbox_events e where e.session_id = i.session_id and e.kind = 'inputs.updated' and e.revision = i.revision)`, 0,
		},
	} {
		var found int
		if err := s.system.QueryRow(ctx, check.query).Scan(&found); err != nil || found != check.want {
			broken = true
			progress(stdout, "%s: %d, want %d (%v)", what, found, check.want, err)
		}
	}
	return broken
}
