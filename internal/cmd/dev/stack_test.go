package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/cli"
)

func TestProgramThatEndsOnItsOwnEndsTheWork(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "worker"), []byte("#!/bin/sh\nexit 3\n"), 0o700))
	ctx, cancel := context.WithCancelCause(t.Context())
	s := &stack{layout: layout{logs: dir}, programs: dir, cancel: cancel}
	require.NoError(t, s.keep("worker", "run"))
	<-ctx.Done()
	require.EqualError(t, context.Cause(ctx), "the worker ended on its own; its log is "+filepath.Join(dir, "worker.log"))
	assert.ErrorContains(t, s.stop(), "the worker ended with exit status 3")
}

func TestUsage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args   []string
		code   int
		stdout string
		stderr string
	}{
		"no command":       {nil, 0, "Usage: dev", ""},
		"unknown command":  {[]string{"dance"}, 2, "", `unknown command "dance"`},
		"unknown flag":     {[]string{"demo", "-loud"}, 2, "", "-loud"},
		"unknown argument": {[]string{"run", "now"}, 2, "", `no argument "now"`},
		"no users":         {[]string{"demo-ops", "-users", "0"}, 2, "", "-users must be at least 1"},
		"help":             {[]string{"demo", "-h"}, 0, "--site FOLDER", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out, diagnostics bytes.Buffer
			assert.Equal(t, c.code, cli.Run(t.Context(), command(), c.args, nil, &out, &diagnostics))
			assert.Contains(t, out.String(), c.stdout)
			assert.Contains(t, diagnostics.String(), c.stderr)
		})
	}
}
