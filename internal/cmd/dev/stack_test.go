package main

import (
	"bytes"
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLockIsTakenOnce(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "lock")
	release, err := lock(name)
	require.NoError(t, err)
	_, err = lock(name)
	require.ErrorContains(t, err, "another one is running in "+filepath.Dir(name))
	require.NoError(t, release())
	release, err = lock(name)
	require.NoError(t, err)
	require.NoError(t, release())
}

func TestFreeAddress(t *testing.T) {
	t.Parallel()
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	address, err := freeAddress(t.Context(), taken.Addr().String())
	require.NoError(t, err)
	assert.NotEqual(t, taken.Addr().String(), address)
	assert.True(t, strings.HasPrefix(address, "127.0.0.1:"))
}

func TestEnvironment(t *testing.T) {
	t.Setenv("DEV_TEST_KEPT", "kept")
	t.Setenv("DEV_TEST_REPLACED", "old")
	t.Setenv("DEV_TEST_REMOVED", "old")
	environ := environment(map[string]string{"DEV_TEST_REPLACED": "new", "DEV_TEST_REMOVED": ""})
	assert.Contains(t, environ, "DEV_TEST_KEPT=kept")
	assert.Contains(t, environ, "DEV_TEST_REPLACED=new")
	assert.NotContains(t, environ, "DEV_TEST_REPLACED=old")
	assert.NotContains(t, environ, "DEV_TEST_REMOVED=old")
	assert.NotContains(t, environ, "DEV_TEST_REMOVED=")
}

func TestChildThatFailsNamesItsLog(t *testing.T) {
	t.Parallel()
	logPath := filepath.Join(t.TempDir(), "x.log")
	c, err := startChild("migration", "/bin/sh", []string{"-c", "echo first; echo \"  $GREETING\"; exit 3"}, []string{"GREETING=hello"}, logPath)
	require.NoError(t, err)
	err = c.wait(t.Context())
	require.EqualError(t, err, "the migration ended with exit status 3; its log is "+logPath+": hello")
	content, err := os.ReadFile(logPath)
	require.NoError(t, err)
	assert.Equal(t, "first\n  hello\n", string(content))
}

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
		args []string
		says string
	}{
		"no command":       {nil, "Usage: dev"},
		"unknown command":  {[]string{"dance"}, `no command "dance"`},
		"unknown flag":     {[]string{"demo", "-loud"}, "-loud"},
		"unknown argument": {[]string{"run", "now"}, `no argument "now"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out, diagnostics bytes.Buffer
			require.ErrorIs(t, run(t.Context(), c.args, &out, &diagnostics), errUsage)
			assert.Empty(t, out.String())
			assert.Contains(t, diagnostics.String(), c.says)
		})
	}
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"demo", "-h"}, &out, &out))
	assert.Equal(t, help, out.String())
}
