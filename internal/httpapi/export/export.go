// Package export writes everything that is stored of a user to a file, and sends the file to a client that reads it.
package export

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
)

// exportsAtOnce bounds the connections that exports hold in one process.
const exportsAtOnce = 2

// Desk has the exports of the process. Each is read into a file first, so that a client that
// reads slowly holds neither a connection to the database nor a place that others wait for.
type Desk struct {
	// folder takes the files, which have no name and end with their export.
	folder string
	// reading has a value for each export that reads from the database.
	reading chan struct{}

	mu    sync.Mutex
	users map[string]bool
}

// NewDesk returns a desk that keeps the files in a folder.
func NewDesk(folder string) *Desk {
	return &Desk{folder: folder, reading: make(chan struct{}, exportsAtOnce), users: map[string]bool{}}
}

// Begin reserves the one export that a user may have under way; end gives it back.
func (d *Desk) Begin(userID string) (end func(), err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.users[userID] {
		return nil, edge.NewProblem(http.StatusTooManyRequests, "too_many_exports",
			"Your data is being exported already; wait until that is done and try again.").WithRetryAfter(edge.ReadWithin)
	}
	d.users[userID] = true
	return sync.OnceFunc(func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.users, userID)
	}), nil
}

// Read returns a file with what write writes, at its begin. It waits for the exports that are being read.
func (d *Desk) Read(ctx context.Context, write func(context.Context, io.Writer) error) (file *os.File, err error) {
	select {
	case d.reading <- struct{}{}:
		defer func() { <-d.reading }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if file, err = d.file(); err != nil {
		return nil, err
	}
	out := bufio.NewWriterSize(file, 64<<10)
	if err = write(ctx, out); err == nil {
		err = out.Flush()
	}
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("read the export: %w", err)
	}
	return file, nil
}

// file creates a file without a name, in the folder of temporary files if that can't be
// written to.
func (d *Desk) file() (*os.File, error) {
	err := os.MkdirAll(d.folder, 0o700)
	for _, folder := range []string{d.folder, os.TempDir()} {
		var file *os.File
		if file, err = os.CreateTemp(folder, "export-*"); err == nil {
			return file, os.Remove(file.Name())
		}
	}
	return nil, fmt.Errorf("make a file for the export: %w", err)
}

// Writer writes what is stored of a user as one JSON document, from rows that come table by table.
type Writer struct {
	Out    io.Writer
	UserID string
	table  string // of the last row
}

// Row writes a row.
func (w *Writer) Row(table string, document json.RawMessage) error {
	begin := ","
	switch {
	case w.table == "":
		head, err := json.Marshal(map[string]any{"user_id": w.UserID, "exported_at": time.Now().UTC()})
		if err != nil {
			return fmt.Errorf("encode the head of an export: %w", err)
		}
		begin = string(head[:len(head)-1]) + `,"data":{"` + table + `":[`
	case w.table != table:
		begin = `],"` + table + `":[`
	}
	w.table = table
	if _, err := io.WriteString(w.Out, begin); err != nil {
		return err
	}
	_, err := w.Out.Write(document)
	return err
}

// End writes the end of the document.
func (w *Writer) End() error {
	_, err := io.WriteString(w.Out, "]}}")
	return err
}
