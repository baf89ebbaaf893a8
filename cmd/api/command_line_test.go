package main

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/config"
)

// invoke runs a command line as the program does, with these settings only.
func invoke(t *testing.T, environment map[string]string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, diagnostics bytes.Buffer
	code = run(t.Context(), args, config.Options{Environment: environment}, &out, &diagnostics)
	return code, out.String(), diagnostics.String()
}

func TestHelpOfEachCommand(t *testing.T) {
	t.Parallel()
	for command, names := range map[string][]string{
		"":        {"run", "openapi", "token", "health", "version"},
		"run":     {"DATABASE_URL"},
		"openapi": {"/openapi.json"},
		"token":   {"-user", "-ttl", "-role", "-scope", "inputs:read", "admin", "24h", "DATA_DIR", "DEPLOY_ENV=local"},
	} {
		for _, flag := range []string{"-h", "--help"} {
			code, stdout, stderr := invoke(t, nil, append(strings.Fields(command), flag)...)
			assert.Zero(t, code, command)
			assert.Empty(t, stderr, command)
			assert.True(t, strings.HasPrefix(stdout, strings.TrimSpace("Usage: api "+command)), stdout)
			for _, name := range names {
				assert.Regexp(t, `(^|[^\w])`+regexp.QuoteMeta(name), stdout, command)
			}
		}
	}
}

func TestWrongCommandLines(t *testing.T) {
	t.Parallel()
	for line, message := range map[string]string{
		"serve":                   `nknown command "serve"`,
		"-x":                      "-x",
		"run fast":                `takes no argument "fast"`,
		"run -x":                  "-x",
		"openapi json":            `takes no argument "json"`,
		"token":                   "needs -user",
		"token -user ada -ttl 0s": "a positive -ttl",
		"token -user ada -ttl x":  "-ttl",
		"token -user ada bob":     `takes no argument "bob"`,
		"token -x":                "-x",
		"token -user":             "-user",
	} {
		code, stdout, stderr := invoke(t, map[string]string{}, strings.Fields(line)...)
		assert.Equal(t, 2, code, line)
		assert.Empty(t, stdout, line)
		assert.Contains(t, stderr, message, line)
	}
}

func TestCommandsWithoutADatabase(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := invoke(t, nil, "openapi")
	require.Zero(t, code, stderr)
	assert.Regexp(t, `"openapi": ?"3\.1`, stdout)
	local := map[string]string{"DEPLOY_ENV": "local", "DATA_DIR": t.TempDir()}
	for _, args := range [][]string{
		{"token", "-user", "ada"},
		{"token", "--user=ada", "-ttl=1h", "-role", "admin"},
		{"token", "-scope", "inputs:read other", "-user", "ada"},
	} {
		code, stdout, stderr = invoke(t, local, args...)
		require.Zero(t, code, stderr)
		assert.Regexp(t, `^[\w-]+\.[\w-]+\.[\w-]+\n$`, stdout)
	}
	for _, args := range [][]string{nil, {"run"}} {
		code, stdout, stderr = invoke(t, map[string]string{}, args...)
		assert.Equal(t, 1, code)
		assert.Empty(t, stdout)
		assert.Contains(t, stderr, "DATABASE_URL must be set")
	}
}
