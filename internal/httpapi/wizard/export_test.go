package wizard

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
)

// What goes wrong before the first row is an error; later the answer breaks off. Each
// export gives its place back.
func TestExportThatFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	h := &Handlers{
		edge:    &edge.Edge{Config: edge.Config{Log: slog.New(slog.DiscardHandler)}},
		exports: make(chan struct{}, exportsAtOnce),
	}
	for _, rows := range []int{0, 3, 0, 3, 3} {
		reader, err := h.beginExport(t.Context(), "ada", func(
			_ context.Context, emit func(string, json.RawMessage) error,
		) error {
			for range rows {
				if err := emit("onboarding_steps", json.RawMessage(`{}`)); err != nil {
					return err
				}
			}
			return broken
		})
		if rows == 0 {
			require.ErrorIs(t, err, broken)
			continue
		}
		require.NoError(t, err)
		_, err = io.ReadAll(reader)
		require.ErrorIs(t, err, broken, "half an export must not look whole")
	}
}
