package wizard

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/httpapi/export"
	"github.com/alwrity/onboarding/internal/postgres"
)

// exportTimeout bounds the reading of what is stored.
const exportTimeout = time.Minute

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

// export responds with everything that is stored of the caller.
func (h *Handlers) export(ctx context.Context, _ *struct{}) (*huma.StreamResponse, error) {
	caller := edge.UserID(ctx)
	end, err := h.exports.Begin(caller)
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
		c.Context().SetBodyStream(&edge.PacedBody{
			From: file, End: func() { end(); _ = file.Close() }, Conn: c.Context().Conn(),
		}, size)
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
	file, err := h.exports.Read(ctx, func(ctx context.Context, out io.Writer) error {
		writer := export.Writer{Out: out, UserID: caller}
		err := postgres.Export(ctx, h.cfg.Pool, caller, writer.Row)
		if err == nil {
			err = writer.End()
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
