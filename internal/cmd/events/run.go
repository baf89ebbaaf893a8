package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/alwrity/onboarding/internal/walk"
)

// client is the users'.
var client = &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: usersAtOnce}}

const (
	// eventsOfUser is about how many events a user causes.
	eventsOfUser = 20
	// completions is how often a user completes step 5.
	completions = eventsOfUser - 3
	usersAtOnce = 8
	// poisoned users are those whose first event one receiver never takes.
	poisoned  = 10
	poison    = "poison"
	killEvery = 8 * time.Second
)

// run makes the events, breaks what receives and sends them, and counts.
func run(ctx context.Context, o options, stdout io.Writer) error {
	var receivers []*receiver
	for _, name := range []string{"faulty", "down", "well"} {
		r, err := newReceiver(name)
		if err != nil {
			return err
		}
		defer r.Close()
		receivers = append(receivers, r)
	}
	receivers[0].faults = true
	if o.limit > time.Minute { // else there is no time for what is parked
		receivers[0].poison = poison
	}
	s, err := newStage(ctx, receivers, 2)
	if err != nil {
		return err
	}
	defer s.close()
	progress(stdout, "an api, 2 workers and 3 receivers run")
	kept, deleted := o.users()
	group, busy := errgroup.WithContext(ctx)
	group.Go(func() error { return s.live(busy, kept, deleted, stdout) })
	group.Go(func() error { return s.disturb(busy, receivers[1], o, stdout) })
	if err := group.Wait(); err != nil {
		return err
	}
	progress(stdout, "waiting for what is not delivered yet")
	const settled = `select not exists (select from outbox_events where not dispatched) and not exists (select from webhook_lanes)
		and not exists (select from personalization_inputs where revision is distinct from wanted_revision)`
	if err := s.await(ctx, settled); err != nil {
		progress(stdout, "not settled: %v", err)
	}
	return s.count(context.WithoutCancel(ctx), receivers, o, stdout)
}

// disturb takes one receiver down for a while and kills workers in turn.
func (s *stage) disturb(ctx context.Context, r *receiver, o options, stdout io.Writer) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		r.setDown(true)
		defer r.setDown(false)
		err := walk.Wait(ctx, o.down)
		progress(stdout, "the receiver %s is back", r.name)
		return err
	})
	group.Go(func() error {
		for i := range o.kills {
			if err := walk.Wait(ctx, killEvery); err != nil {
				return err
			}
			if err := s.kill(i % len(s.workers)); err != nil {
				return err
			}
		}
		progress(stdout, "%d workers were killed", o.kills)
		return nil
	})
	return group.Wait()
}

// users returns how many users keep their accounts, whose events all count, and how many delete them, of whom only that
// counts.
func (o options) users() (kept, deleted int) {
	deleted = eventsOfUser * ((o.events + 3999) / 4000)
	return max((o.events-deleted)/eventsOfUser, 1), deleted
}

// live lets users change their onboardings.
func (s *stage) live(ctx context.Context, kept, deleted int, stdout io.Writer) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(usersAtOnce)
	for i := range kept + deleted {
		group.Go(func() error {
			name := fmt.Sprintf("user-%d", i)
			if i < poisoned {
				name = fmt.Sprintf("%s-%d", poison, i)
			}
			return s.walk(ctx, name, i >= kept)
		})
	}
	err := group.Wait()
	progress(stdout, "%d users are done", kept+deleted)
	return err
}

func (s *stage) walk(ctx context.Context, name string, deletes bool) error {
	u, err := s.user(name)
	if err != nil {
		return err
	}
	steps := []func(context.Context) error{
		func(ctx context.Context) error { return u.Post(ctx, "/start") },
		func(ctx context.Context) error { return u.Research(ctx, "Blog Posts") },
	}
	for range completions {
		steps = append(steps, func(ctx context.Context) error {
			body := map[string]any{"data": map[string]any{"integrations": map[string]any{}}}
			return u.Call(ctx, http.MethodPost, "/step/5/complete", body, nil)
		})
	}
	if deletes {
		steps = append(steps, func(ctx context.Context) error { return u.Call(ctx, http.MethodDelete, "/account", nil, nil) })
	}
	if err := walk.InOrder(ctx, steps...); err != nil {
		return fmt.Errorf("user %s: %w", name, err)
	}
	return nil
}
