package export

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Half an export must not look whole, each gives its place back, and no file is left.
func TestExportThatFails(t *testing.T) {
	t.Parallel()
	desk := NewDesk(t.TempDir())
	broken := errors.New("broken")
	for range 2 * exportsAtOnce {
		_, err := desk.Read(t.Context(), func(_ context.Context, out io.Writer) error {
			_, err := io.WriteString(out, strings.Repeat("x", 1<<20))
			return errors.Join(err, broken)
		})
		require.ErrorIs(t, err, broken)
	}
	left, err := os.ReadDir(desk.folder)
	require.NoError(t, err)
	assert.Empty(t, left)
}

// A user has one export at a time, however slowly it is read; others have theirs meanwhile.
func TestExportsOfOneUser(t *testing.T) {
	t.Parallel()
	desk := NewDesk(t.TempDir())
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	var ends []func()
	for _, user := range []string{"ada", "bob", "carol"} {
		end, err := desk.Begin(user)
		require.NoError(t, err)
		file, err := desk.Read(ctx, func(_ context.Context, out io.Writer) error {
			_, err := io.WriteString(out, user)
			return err
		})
		require.NoError(t, err, "nothing waits for those that are not read")
		ends = append(ends, func() { end(); assert.NoError(t, file.Close()) })
	}
	_, err := desk.Begin("ada")
	require.Error(t, err)
	ends[0]()
	ends[0] = func() {}
	end, err := desk.Begin("ada")
	require.NoError(t, err)
	end()
	for _, end := range ends {
		end()
	}
}
