package export

import (
	"context"
	"errors"
	"io"
	"net"
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

// A user has one export at a time, whoever reads it how slowly; others have theirs meanwhile.
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
		ends = append(ends, func() { assert.NoError(t, (&Body{File: file, End: end}).Close()) })
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

// deadlines notes the write deadlines of a connection.
type deadlines struct {
	net.Conn
	set []time.Time
}

func (d *deadlines) SetWriteDeadline(at time.Time) error {
	d.set = append(d.set, at)
	return nil
}

// A client has readWithin for each readLeast bytes, however long the whole takes.
func TestExportMustBeRead(t *testing.T) {
	t.Parallel()
	desk := NewDesk(t.TempDir())
	file, err := desk.Read(t.Context(), func(_ context.Context, out io.Writer) error {
		_, err := io.WriteString(out, strings.Repeat("x", 3*readLeast-1))
		return err
	})
	require.NoError(t, err)
	conn := &deadlines{}
	body := &Body{File: file, End: func() {}, Conn: conn}
	before := time.Now()
	n, err := io.Copy(io.Discard, struct{ io.Reader }{io.LimitReader(body, 1<<20)})
	require.NoError(t, err)
	assert.EqualValues(t, 3*readLeast-1, n)
	require.Len(t, conn.set, 3)
	assert.WithinDuration(t, before.Add(readWithin), conn.set[0], time.Second)
	require.NoError(t, body.Close())
}
