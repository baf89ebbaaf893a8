package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/cli"
)

const (
	// demoLimit exceeds what analysis and personas take with all their retries.
	demoLimit = 10 * time.Minute
	pollPause = 100 * time.Millisecond
)

// runDemo starts everything, lets a new user walk through the six steps, and prints and
// stores what came out. The last line is the summary.
func runDemo(c *cobra.Command, site string) error {
	return demo(c, layout{site: site}, withoutKeys, nil)
}

// demo runs the demo on the stack of l. remark, if not nil, is printed before the last
// line.
func demo(c *cobra.Command, l layout, keys keysStep, remark func() string) error {
	began, stdout, summary := time.Now(), c.OutOrStdout(), ""
	folder := filepath.Join(dataDir(), "demo")
	l.folder, l.logs, l.apiAddress, l.log = folder, folder, "127.0.0.1:0", c.ErrOrStderr()
	say(stdout, "starting the database, the api, a worker and the website")
	err := withStack(c.Context(), l, func(ctx context.Context, s *stack) (err error) {
		say(stdout, "ready after %.1f s: api http://%s, website %s", time.Since(began).Seconds(), s.api, s.siteURL)
		if summary, err = runWalk(ctx, s, keys, stdout); err != nil {
			err = fmt.Errorf("%s (logs: %s)", cli.Sentence(err), filepath.Join(folder, "*.log"))
		}
		return err
	})
	if err != nil {
		return err
	}
	if remark != nil {
		say(stdout, "%s", remark())
	}
	_, err = fmt.Fprintln(stdout, summary)
	return err
}

// say prints one line about the demo.
func say(w io.Writer, format string, values ...any) {
	_, _ = fmt.Fprintf(w, "demo: "+format+"\n", values...)
}
