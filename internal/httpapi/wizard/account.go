package wizard

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

const (
	// exportsAtOnce bounds the connections that exports hold in one process.
	exportsAtOnce = 2
	// exportTimeout bounds an export, whose connection and snapshot a slow client would hold.
	exportTimeout = time.Minute
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

// export responds row by row, so that its memory does not grow with what is stored.
func (h *Handlers) export(ctx context.Context, _ *struct{}) (*huma.StreamResponse, error) {
	caller := edge.UserID(ctx)
	if _, err := h.session(ctx); err != nil { // so that there is a first row
		return nil, err
	}
	if err := h.cfg.Submitter.Audit(ctx, caller, "account.export", caller); err != nil {
		return nil, err
	}
	reader, err := h.beginExport(ctx, caller, func(ctx context.Context, emit func(string, json.RawMessage) error) error {
		return postgres.Export(ctx, h.cfg.Pool, caller, emit)
	})
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		c := humafiber.Unwrap(ctx)
		c.Status(http.StatusOK)
		c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
		c.Set(fiber.HeaderCacheControl, edge.NoStore)
		c.Set(fiber.HeaderContentDisposition, `attachment; filename="onboarding.json"`)
		c.Context().SetBodyStream(reader, -1)
	}}, nil
}

// beginExport starts an export and returns when its first row is there. A later error cuts the response
// off. The reader must be closed.
func (h *Handlers) beginExport(
	ctx context.Context, caller string, export func(context.Context, func(string, json.RawMessage) error) error,
) (io.ReadCloser, error) {
	select {
	case h.exports <- struct{}{}:
	default:
		return nil, edge.NewProblem(http.StatusTooManyRequests, "too_many_exports",
			"Others are exporting their data right now; try again in a moment.").WithRetryAfter(5 * time.Second)
	}
	reader, writer := io.Pipe()
	out := &exportWriter{out: bufio.NewWriterSize(writer, 32<<10), userID: caller, began: make(chan error, 2)}
	// The answer is sent after the handler has returned.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), exportTimeout)
	context.AfterFunc(ctx, func() { _ = writer.CloseWithError(context.DeadlineExceeded) })
	go func() {
		defer func() { <-h.exports }()
		defer cancel()
		err := export(ctx, out.row)
		if err == nil {
			err = out.end()
		}
		if err != nil && !errors.Is(err, io.ErrClosedPipe) {
			h.edge.Log.LogAttrs(ctx, slog.LevelWarn, "export failed", slog.String("error", err.Error()))
		}
		_ = writer.CloseWithError(err) // nil is the end of the answer
		out.began <- err               // unused if it began
	}()
	return reader, <-out.began
}

// exportWriter writes an ExportBody from rows that come table by table.
type exportWriter struct {
	out    *bufio.Writer
	userID string
	// began takes nil with the first row. It must have room for another value.
	began chan error
	table string // of the last row
}

func (w *exportWriter) row(table string, document json.RawMessage) error {
	begin := ","
	switch {
	case w.table == "":
		head, err := json.Marshal(map[string]any{"user_id": w.userID, "exported_at": time.Now().UTC()})
		if err != nil {
			return fmt.Errorf("encode the head of an export: %w", err)
		}
		w.began <- nil
		begin = string(head[:len(head)-1]) + `,"data":{"` + table + `":[`
	case w.table != table:
		begin = `],"` + table + `":[`
	}
	w.table = table
	if _, err := w.out.WriteString(begin); err != nil {
		return err
	}
	_, err := w.out.Write(document)
	return err
}

func (w *exportWriter) end() error {
	if _, err := w.out.WriteString("]}}"); err != nil {
		return err
	}
	return w.out.Flush()
}

// deleteAccount deletes everything that is stored of the caller.
func (h *Handlers) deleteAccount(ctx context.Context, _ *struct{}) (*struct{}, error) {
	var keys []onboarding.StoredKey
	if h.cfg.EnvFile != "" {
		var err error
		if keys, err = h.storedKeys(ctx); err != nil {
			return nil, err
		}
	}
	if err := h.cfg.Submitter.DeleteAccount(ctx, edge.UserID(ctx)); err != nil {
		return nil, err
	}
	for _, key := range keys {
		h.updateEnv(ctx, key.Provider.Info(), "")
	}
	return &struct{}{}, nil
}
