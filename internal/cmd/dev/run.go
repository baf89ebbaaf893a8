package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// runUser is the user whose token "run" prints: always the same one, so that
// what was done before a restart is still there.
const runUser = "dev"

// dataDir is the folder that everything local is stored in.
func dataDir() string {
	if dir := os.Getenv("DATA_DIR"); dir != "" {
		return dir
	}
	return ".data"
}

// runAll is "dev run": everything runs until Ctrl-C or until a program ends.
func runAll(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	site, goOn, err := parseSite("run", args, stdout, stderr)
	if err != nil || !goOn {
		return err
	}
	folder := dataDir()
	s, working, err := start(ctx, layout{
		folder: folder, logs: filepath.Join(folder, "run"), apiAddress: "127.0.0.1:8080", site: site, log: stderr,
	})
	if err != nil {
		return err
	}
	token, err := s.token(working, runUser)
	if err != nil {
		return cmp.Or(err, s.stop())
	}
	if _, err := fmt.Fprintf(stdout, runText, s.api, s.api, s.api, s.apiMetrics, s.workerMetrics, s.siteURL, s.database, s.logs,
		runUser, token, s.api, s.siteURL, s.api); err != nil {
		return cmp.Or(err, s.stop())
	}
	<-working.Done()
	if ctx.Err() == nil {
		err = context.Cause(working)
	}
	return cmp.Or(err, s.stop())
}

const runText = `Everything is running. Ctrl-C stops it.

  page              http://%s/
  API               http://%s
  OpenAPI document  http://%s/openapi.json
  API metrics       http://%s/metrics
  worker metrics    http://%s/metrics
  website           %s
  database          %s
  logs              %s

A token for the user %q, valid for 24 hours:

  TOKEN=%s

Try it:

  curl -sX POST http://%s/api/onboarding/step/2/complete \
    -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \
    -d '{"data":{"website":"%s"}}'
  curl -s http://%s/api/onboarding/step/2 -H "Authorization: Bearer $TOKEN"

`
