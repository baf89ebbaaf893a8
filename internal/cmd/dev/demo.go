package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/alwrity/onboarding/internal/cli"
)

const (
	// demoLimit is longer than analysis and personas may take with all their retries.
	demoLimit = 10 * time.Minute
	pollPause = 100 * time.Millisecond
)

// runDemo is "dev demo": everything is started, a new user walks through the six
// steps, what came out is printed and stored, and everything is stopped. The last
// line says how it went.
func runDemo(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	site, goOn, err := parseSite("demo", args, stdout, stderr)
	if err != nil || !goOn {
		return err
	}
	return demo(ctx, layout{site: site, log: stderr}, withoutKeys, nil, stdout)
}

// demo starts the stack of l, lets a user walk through it, and stops it. remark, if
// not nil, is printed before the last line.
func demo(ctx context.Context, l layout, keys keysStep, remark func() string, stdout io.Writer) error {
	began := time.Now()
	folder := filepath.Join(dataDir(), "demo")
	l.folder, l.logs, l.apiAddress = folder, folder, "127.0.0.1:0"
	say(stdout, "starting the database, the api, a worker and the website")
	s, working, err := start(ctx, l)
	if err != nil {
		return err
	}
	say(stdout, "ready after %.1f s: api http://%s, website %s", time.Since(began).Seconds(), s.api, s.siteURL)
	summary, err := runWalk(working, s, keys, stdout)
	if err != nil && working.Err() != nil {
		err = context.Cause(working)
	}
	if err != nil {
		err = fmt.Errorf("%s (logs: %s)", cli.Sentence(err), filepath.Join(folder, "*.log"))
	}
	if err := cmp.Or(err, s.stop()); err != nil {
		return err
	}
	if remark != nil {
		say(stdout, "%s", remark())
	}
	_, err = fmt.Fprintln(stdout, summary)
	return err
}

// say prints one line about what the demo does.
func say(w io.Writer, format string, values ...any) {
	_, _ = fmt.Fprintf(w, "demo: "+format+"\n", values...)
}
