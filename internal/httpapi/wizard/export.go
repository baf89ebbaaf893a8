package wizard

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/postgres"
)

const (
	// exportsAtOnce bounds the connections that exports hold in one process.
	exportsAtOnce = 2
	// exportTimeout bounds the reading of what is stored.
	exportTimeout = time.Minute
	// A client takes readLeast bytes of its export in readWithin, or the response is cut off.
	readLeast  = 128 << 10
	readWithin = 8 * time.Second
)

// ExportBody is everything that is stored of a user.
type ExportBody struct {
	UserID     string                      `json:"user_id" example:"ada"`
	ExportedAt time.Time                   `json:"exported_at" example:"2026-11-28T10:15:00Z"`
	Data       map[string][]map[string]any `json:"data" doc:"By table its rows, in the columns of the table; tables without a row are left out. jobs is the work in the queue."`
}

// exportResponse describes the response of export, which huma knows nothing of.
func exportResponse(e *edge.Edge) *huma.Response {
	return &huma.Response{Description: "OK", Content: map[string]*huma.MediaType{
		"application/json": {Schema: edge.SchemaOf[ExportBody](e)},
	}}
}

// exports are the exports of the process. Each is read into a file first, so that a client that
// reads slowly holds neither a connection to the database nor a place that others wait for.
type exports struct {
	// folder takes the files, which have no name and end with their export.
	folder string
	// reading has a value for each export that reads from the database.
	reading chan struct{}

	mu    sync.Mutex
	users map[string]bool
}

func newExports(folder string) *exports {
	return &exports{folder: folder, reading: make(chan struct{}, exportsAtOnce), users: map[string]bool{}}
}

// begin reserves the one export that a user may have under way.
func (x *exports) begin(userID string) (end func(), err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.users[userID] {
		return nil, edge.NewProblem(http.StatusTooManyRequests, "too_many_exports",
			"Your data is being exported already; wait until that is done and try again.").WithRetryAfter(readWithin)
	}
	x.users[userID] = true
	return sync.OnceFunc(func() {
		x.mu.Lock()
		defer x.mu.Unlock()
		delete(x.users, userID)
	}), nil
}

// read returns a file with what write writes. It waits for the exports that are being read.
func (x *exports) read(ctx context.Context, write func(context.Context, io.Writer) error) (file *os.File, err error) {
	select {
	case x.reading <- struct{}{}:
		defer func() { <-x.reading }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if file, err = x.file(); err != nil {
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
func (x *exports) file() (*os.File, error) {
	err := os.MkdirAll(x.folder, 0o700)
	for _, folder := range []string{x.folder, os.TempDir()} {
		var file *os.File
		if file, err = os.CreateTemp(folder, "export-*"); err == nil {
			return file, os.Remove(file.Name())
		}
	}
	return nil, fmt.Errorf("make a file for the export: %w", err)
}

// export responds with everything that is stored of the caller.
func (h *Handlers) export(ctx context.Context, _ *struct{}) (*huma.StreamResponse, error) {
	caller := edge.UserID(ctx)
	end, err := h.exports.begin(caller)
	if err != nil {
		return nil, err
	}
	file, size, err := h.readExport(ctx, caller)
	if err != nil {
		end()
		return nil, err
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		c := humafiber.Unwrap(ctx)
		c.Status(http.StatusOK)
		c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
		c.Set(fiber.HeaderCacheControl, edge.NoStore)
		c.Set(fiber.HeaderContentDisposition, `attachment; filename="onboarding.json"`)
		c.Context().SetBodyStream(&sending{file: file, end: end, conn: c.Context().Conn()}, size)
	}}, nil
}

// readExport returns an export and its size.
func (h *Handlers) readExport(ctx context.Context, caller string) (*os.File, int, error) {
	if _, err := h.session(ctx); err != nil { // so that there is a first row
		return nil, 0, err
	}
	if err := h.cfg.Submitter.Audit(ctx, caller, "account.export", caller); err != nil {
		return nil, 0, err
	}
	file, err := h.exports.read(ctx, func(ctx context.Context, out io.Writer) error {
		writer := exportWriter{out: out, userID: caller}
		err := postgres.Export(ctx, h.cfg.Pool, caller, writer.row)
		if err == nil {
			err = writer.end()
		}
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, 0, errors.Join(fmt.Errorf("size of the export: %w", err), file.Close())
	}
	return file, int(info.Size()), nil
}

// sending is the body of a response that must be read at a least rate.
type sending struct {
	file *os.File
	end  func()
	conn net.Conn
	// taken counts the bytes since the deadline was set.
	taken int
	began bool
}

// Read is called when the client has taken what was read before.
func (s *sending) Read(p []byte) (int, error) {
	if !s.began || s.taken >= readLeast {
		s.began, s.taken = true, 0
		if err := s.conn.SetWriteDeadline(time.Now().Add(readWithin)); err != nil {
			return 0, err
		}
	}
	n, err := s.file.Read(p)
	s.taken += n
	return n, err
}

// Close ends the export.
func (s *sending) Close() error {
	s.end()
	return s.file.Close()
}

// exportWriter writes an ExportBody from rows that come table by table.
type exportWriter struct {
	out    io.Writer
	userID string
	table  string // of the last row
}

func (w *exportWriter) row(table string, document json.RawMessage) error {
	begin := ","
	switch {
	case w.table == "":
		head, err := json.Marshal(map[string]any{"user_id": w.userID, "exported_at": time.Now().UTC()})
		if err != nil {
			return fmt.Errorf("encode the head of an export: %w", err)
		}
		begin = string(head[:len(head)-1]) + `,"data":{"` + table + `":[`
	case w.table != table:
		begin = `],"` + table + `":[`
	}
	w.table = table
	if _, err := io.WriteString(w.out, begin); err != nil {
		return err
	}
	_, err := w.out.Write(document)
	return err
}

func (w *exportWriter) end() error {
	_, err := io.WriteString(w.out, "]}}")
	return err
}
