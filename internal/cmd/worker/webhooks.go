package worker

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/cli"
	"github.com/alwrity/onboarding/internal/cmd/worker/table"
	"github.com/alwrity/onboarding/internal/config"
	"github.com/alwrity/onboarding/internal/postgres/system"
	"github.com/alwrity/onboarding/internal/webhook"
)

func webhooksCommand() *cobra.Command {
	return cli.Group(&cobra.Command{
		Use: "webhooks COMMAND", Short: "show who is told of events, and tell them again",
		Long: `Receivers of webhooks stand in the workers' setting WEBHOOKS; docs/events.md says how.`,
	}, webhooksListCommand(), webhooksLogCommand(), webhooksReplayCommand(), webhooksForgetCommand())
}

// onReceiver returns a runner of a command whose argument is the name of a receiver.
func onReceiver(do func(c *cobra.Command, q *system.Queries, name string) error) runner {
	return func(c *cobra.Command, args []string) error {
		return onDatabase("webhooks", func(c *cobra.Command, db database) error {
			return do(c, system.New(db.all), args[0])
		})(c, args)
	}
}

func webhooksListCommand() *cobra.Command {
	return table.WithJSON(&cobra.Command{
		Use: "list", Short: "list the receivers and what waits for them", Args: cli.NoArgs,
		RunE: onDatabase("webhooks", func(c *cobra.Command, db database) error {
			receivers, err := system.New(db.all).ListReceivers(c.Context())
			if err != nil {
				return fmt.Errorf("list receivers: %w", err)
			}
			rows := [][]any{{"NAME", "USERS WAITING", "PARKED", "LAST SUCCESS", "LAST IN SETTINGS", "KINDS"}}
			for _, r := range receivers {
				rows = append(rows, []any{
					r.Name, r.UsersWaiting, r.Parked, shortTime(r.DeliveredAt), shortTime(r.SeenAt), strings.Join(r.Kinds, ","),
				})
			}
			return table.Print(c, rows)
		}),
	})
}

// shortTime returns what a table shows for a time: a dash for none, which is the beginning of time.
func shortTime(at time.Time) string {
	if at.Unix() <= 0 {
		return table.NoValue
	}
	return at.UTC().Format(time.RFC3339)
}

func webhooksLogCommand() *cobra.Command {
	var failed bool
	var limit int32
	c := &cobra.Command{
		Use: "log NAME", Short: "list the newest attempts at a receiver", Args: cobra.ExactArgs(1),
		RunE: onReceiver(func(c *cobra.Command, q *system.Queries, name string) error {
			attempts, err := q.ListAttempts(c.Context(),
				system.ListAttemptsParams{Receiver: name, Failed: failed, MaxRows: limit})
			if err != nil {
				return fmt.Errorf("list attempts: %w", err)
			}
			rows := [][]any{{"AT", "EVENT", "KIND", "USER", "OUTCOME", "STATUS", "REASON", "MS"}}
			for i := range attempts {
				a := &attempts[i]
				rows = append(rows, []any{
					shortTime(a.At), a.EventID, a.Kind, clean(a.UserID), a.Outcome, orDash(a.Status), a.Reason, a.TookMs,
				})
			}
			return table.Print(c, rows)
		}),
	}
	c.Flags().BoolVar(&failed, "failed", false, "leave out those that were taken")
	c.Flags().Int32Var(&limit, "limit", 50, "list at most `N`")
	return table.WithJSON(c)
}

func webhooksReplayCommand() *cobra.Command {
	var params system.ReplayEventsParams
	var since string
	c := &cobra.Command{
		Use: "replay NAME", Short: "send events to a receiver again", Args: cobra.ExactArgs(1),
		Long: `Goes back, for each user, to the first event that is parked or younger than -since, and
sends everything from there again, in order. Events are kept for 7 days. The last line is

  webhooks: users=N events=N`,
		RunE: onReceiver(func(c *cobra.Command, q *system.Queries, name string) error {
			if params.Parked == (since != "") {
				return errors.New("choose with either -parked or -since")
			}
			if since != "" {
				window, err := parseWindow(since)
				if err != nil {
					return err
				}
				params.Since = time.Now().Add(-window)
			}
			params.Receiver = name
			again, err := q.ReplayEvents(c.Context(), params)
			if err != nil {
				return fmt.Errorf("replay events: %w", err)
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "webhooks: users=%d events=%d\n", again.Users, again.Events)
			return err
		}),
	}
	c.Flags().BoolVar(&params.Parked, "parked", false, "from the first parked event of each user")
	c.Flags().StringVar(&since, "since", "", "from the first event within this `WINDOW`: 24h, 7d")
	c.Flags().StringVar(&params.UserID, "user", "", "of this `USER` only")
	return c
}

func webhooksForgetCommand() *cobra.Command {
	return &cobra.Command{
		Use: "forget NAME", Short: "drop what waits for a receiver that no worker has any more", Args: cobra.ExactArgs(1),
		RunE: onReceiver(func(c *cobra.Command, q *system.Queries, name string) error {
			forgotten, err := q.ForgetReceiver(c.Context(), name)
			if err == nil && forgotten == 0 {
				err = fmt.Errorf("there is no receiver %s; worker webhooks list shows them", name)
			}
			return err
		}),
	}
}

// checkWebhooks lists the receivers of the settings.
func checkWebhooks(_ context.Context, all *findings, cfg config.Check) {
	receivers, err := webhook.Parse(cfg.Webhooks.Webhooks.Reveal())
	if err != nil {
		all.fail("webhooks", err.Error(), "see docs/events.md")
		return
	}
	var named []string
	for _, r := range receivers {
		if r.IsPlain() && len(cfg.WebhookPrefixes) == 0 {
			all.fail("webhooks", r.Name+" has an http address, and WEBHOOK_PREFIXES is empty: it is never reached",
				"use https, or list its address range")
			return
		}
		named = append(named, fmt.Sprintf("%s (%s, %s)", r.Name, r.Host(), plural(len(r.Kinds), "kind")))
	}
	all.ok("webhooks", "%s", orNone(strings.Join(named, "; ")))
}

func orNone(text string) string {
	if text == "" {
		return "no receivers"
	}
	return text
}
