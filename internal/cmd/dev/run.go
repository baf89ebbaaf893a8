package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
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

// runAll keeps everything running until Ctrl-C or until a program ends.
func runAll(c *cobra.Command, site string) error {
	folder := dataDir()
	l := layout{
		folder: folder, logs: filepath.Join(folder, "run"), apiAddress: "127.0.0.1:8080", site: site,
		log: c.ErrOrStderr(),
	}
	return withStack(c.Context(), l, func(ctx context.Context, s *stack) error {
		token, err := s.token(ctx, "-user", runUser)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(c.OutOrStdout(), runText, s.api, s.api, s.api, s.apiMetrics, s.workerMetrics, s.siteURL,
			s.database, s.logs,
			runUser, token, s.api, s.siteURL, s.api)
		if err == nil {
			<-ctx.Done()
		}
		return err
	})
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
