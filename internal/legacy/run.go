package legacy

import (
	"context"
	"errors"
	"net/url"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/legacy/store"
)

// Import takes over what a store holds.
type Import struct {
	Mapper
	*flow.Takeover

	Store store.Store
	// From is the address of the store.
	From string
	// Parallel is how many users are taken over at a time.
	Parallel int
	// Handled is called after each user.
	Handled func()
}

// Run takes over all users, each in a transaction of its own. Users who are taken over already cost a look. When ctx
// ends, the users that are begun are completed, and the report covers what was done: a further run goes on.
func (i *Import) Run(ctx context.Context) (*Report, error) {
	began := time.Now()
	report := &Report{From: redacted(i.From), Kind: i.Store.Kind(), DryRun: i.DryRun, Rows: []ListedRow{}}
	count := newCounter(report)
	users := make(chan store.User)
	workers, working := errgroup.WithContext(context.WithoutCancel(ctx))
	for range max(i.Parallel, 1) {
		workers.Go(func() error {
			for user := range users {
				if err := i.user(working, user, count); err != nil {
					return err
				}
			}
			return nil
		})
	}
	err := i.Store.Each(ctx, func(_ context.Context, user store.User) error {
		select {
		case users <- user:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-working.Done():
			return context.Cause(working)
		}
	}, count.refuse)
	close(users)
	if failed := workers.Wait(); failed != nil {
		err = failed
	}
	report.Complete = err == nil
	report.Seconds = time.Since(began).Seconds()
	report.UnknownColumns = append([]string{}, i.Store.Unknown()...)
	count.finish(i.Store.Rows())
	return report, err
}

func (i *Import) user(ctx context.Context, user store.User, count *counter) error {
	mapped, err := i.Map(user)
	if err != nil {
		return err
	}
	taken, err := i.Take(ctx, user.ID, mapped.Parts)
	switch {
	case errors.Is(err, flow.ErrBusy):
		count.failed(user)
	case err != nil:
		return err
	default:
		count.user(user, mapped, taken)
	}
	i.Handled()
	return nil
}

// redacted returns an address without its password.
func redacted(from string) string {
	if u, err := url.Parse(from); err == nil && u.User != nil {
		return u.Redacted()
	}
	return from
}
