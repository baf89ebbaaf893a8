package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/walk"
)

// userHost is the website of a user who is one of many.
func userHost(n int) string { return fmt.Sprintf("site-%d.example.com", n) }

// size takes many users through the steps, without a model, and prints what each has cost: seconds of a core of the api, the
// workers and the database, and bytes of the database.
func (c *composed) size(ctx context.Context, api types.ServiceConfig, database string, v visit) error {
	tokens := make([]string, c.users)
	for n := range tokens {
		var err error
		if tokens[n], err = c.run(ctx, "token", c.cellOf(api, []string{"api", "token", "-user", fmt.Sprintf("user-%d", n)})); err != nil {
			return err
		}
	}
	before, err := c.costs(ctx, database)
	if err != nil {
		return err
	}
	began := time.Now()
	users, ctx := errgroup.WithContext(ctx)
	users.SetLimit(10)
	for n, token := range tokens {
		users.Go(func() error {
			one := v
			one.token = token
			return onboard(ctx, walk.User{Call: one.call()}, "https://"+userHost(n))
		})
	}
	if err := users.Wait(); err != nil {
		return err
	}
	after, err := c.costs(context.WithoutCancel(ctx), database)
	if err != nil {
		return err
	}
	each := func(name string) float64 { return (after[name] - before[name]) / float64(c.users) }
	_, err = fmt.Fprintf(c.out, "size: users=%d seconds=%.0f api_cpu_s=%.3f worker_cpu_s=%.3f database_cpu_s=%.3f database_kb=%.0f\n",
		c.users, time.Since(began).Seconds(), each("api"), each("worker"), each("postgres"), each("bytes")/1e3)
	return err
}

// onboard goes through the six steps as fast as they go.
func onboard(ctx context.Context, user walk.User, website string) error {
	nothing := func(walk.Step) {}
	return walk.InOrder(ctx,
		func(ctx context.Context) error { return user.Post(ctx, "/start") },
		func(ctx context.Context) error { return user.Skip(ctx, onboarding.StepProviders) },
		func(ctx context.Context) error { _, err := user.SubmitWebsite(ctx, website); return err },
		func(ctx context.Context) error { return user.Await(ctx, onboarding.StepWebsite, time.Second, nothing) },
		func(ctx context.Context) error { return user.Research(ctx, "Blog Posts") },
		func(ctx context.Context) error { _, err := user.SubmitPersonas(ctx, "linkedin", "blog"); return err },
		func(ctx context.Context) error {
			return user.Await(ctx, onboarding.StepPersonalization, time.Second, nothing)
		},
		func(ctx context.Context) error { return user.Skip(ctx, onboarding.StepIntegrations) },
		user.Finish,
	)
}

// costs returns the seconds of a core that the processes have used, by program, and the size of the database.
func (c *composed) costs(ctx context.Context, database string) (map[string]float64, error) {
	used := map[string]float64{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		content, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		_, rest, _ := strings.Cut(string(content), "(")
		program, rest, _ := strings.Cut(rest, ") ")
		fields := strings.Fields(rest)
		for _, n := range []int{11, 12, 13, 14} { // of itself and of its children that have ended
			ticks, _ := strconv.ParseFloat(fields[n], 64)
			used[program] += ticks / 100
		}
	}
	conn, err := pgx.Connect(ctx, c.server)
	if err != nil {
		return nil, err
	}
	var bytes int64
	err = conn.QueryRow(ctx, "select pg_database_size($1)", database).Scan(&bytes)
	used["bytes"] = float64(bytes)
	return used, errors.Join(err, conn.Close(ctx))
}
