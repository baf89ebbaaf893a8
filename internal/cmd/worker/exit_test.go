package worker_test

import (
	"bytes"
	"context"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/cmd/worker"
)

func TestArgumentsAreCheckedBeforeTheSettings(t *testing.T) {
	t.Setenv("DATABASE_URL", "no address")
	type command func(ctx context.Context, args []string, stdout, stderr io.Writer) error
	for name, test := range map[string]struct {
		run  command
		args []string
		says string
	}{
		"migrate, unknown word": {worker.Migrate, []string{"bad"}, `worker migrate takes no argument "bad"`},
		"migrate, second word":  {worker.Migrate, []string{"up", "bad"}, `worker migrate takes no argument "bad"`},
		"migrate, unknown flag": {worker.Migrate, []string{"-x"}, "-x"},
		"run, word":             {worker.Run, []string{"extra"}, `worker run takes no argument "extra"`},
		"run, unknown flag":     {worker.Run, []string{"-x"}, "-x"},
		"version, word":         {worker.Version, []string{"extra"}, `worker version takes no argument "extra"`},
		"version, unknown flag": {worker.Version, []string{"-x"}, "-x"},
	} {
		t.Run(name, func(t *testing.T) {
			var out, diagnostics bytes.Buffer
			err := test.run(t.Context(), test.args, &out, &diagnostics)
			assert.Equal(t, 2, worker.Exit(err, &diagnostics))
			assert.Empty(t, out.String())
			assert.Contains(t, diagnostics.String(), test.says)
			assert.NotContains(t, diagnostics.String(), "DATABASE_URL must")
		})
	}
	var out bytes.Buffer
	require.NoError(t, worker.Version(t.Context(), []string{"-h"}, &out, &out))
	assert.Contains(t, out.String(), "Usage: worker version")
}
