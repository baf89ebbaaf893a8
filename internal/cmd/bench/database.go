package main

import (
	"context"
	"flag"
	"log/slog"

	"github.com/alwrity/onboarding/internal/localpg"
	"github.com/alwrity/onboarding/migrations"
)

// onDatabase reads the command line of a subcommand, which has no flags but -h, and
// measures on a migrated database that is gone afterwards. It returns errMissed unless
// the goals were met.
func onDatabase(ctx context.Context, name string, args []string, measure func(ctx context.Context, databaseURL string) (met bool, err error)) error {
	if err := flag.NewFlagSet(name, flag.ContinueOnError).Parse(args); err != nil {
		return err
	}
	server, err := localpg.Start(ctx, localpg.Config{Throwaway: true})
	if err != nil {
		return err
	}
	defer server.Stop()
	if err := migrations.Up(ctx, migrations.Config{URL: server.URL(), Log: slog.New(slog.DiscardHandler)}); err != nil {
		return err
	}
	met, err := measure(ctx, server.URL())
	if err == nil && !met {
		err = errMissed
	}
	return err
}
