package export

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/postgres"
)

// Timeout bounds the reading of what is stored.
const Timeout = time.Minute

// ExportBody is everything that is stored of a user.
type ExportBody struct { //nolint:revive // the name of its schema
	UserID     string                      `json:"user_id" example:"ada"`
	ExportedAt time.Time                   `json:"exported_at" example:"2026-11-28T10:15:00Z"`
	Data       map[string][]map[string]any `json:"data" doc:"By table its rows, in the columns of the table; tables without a row are left out. jobs is the work in the queue."`
}

// Described describes the response of Send, which huma knows nothing of.
func Described(e *edge.Edge) *huma.Response {
	return &huma.Response{Description: "OK", Content: map[string]*huma.MediaType{
		"application/json": {Schema: edge.SchemaOf[ExportBody](e)},
	}}
}

// Send responds with everything that is stored of a user who has a session, once allow has returned. pool assumes the
// app role.
func (d *Desk) Send(
	ctx context.Context, pool *postgres.Pool, userID string, allow func(context.Context) error,
) (*huma.StreamResponse, error) {
	end, err := d.Begin(userID)
	if err != nil {
		return nil, err
	}
	if err := allow(ctx); err != nil {
		end()
		return nil, err
	}
	file, err := d.Read(ctx, func(ctx context.Context, out io.Writer) error {
		writer := Writer{Out: out, UserID: userID}
		err := postgres.Export(ctx, pool, userID, writer.Row)
		if err == nil {
			err = writer.End()
		}
		return err
	})
	if err != nil {
		end()
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		end()
		_ = file.Close()
		return nil, fmt.Errorf("size of the export: %w", err)
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		c := humafiber.Unwrap(ctx)
		c.Status(http.StatusOK)
		c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
		c.Set(fiber.HeaderCacheControl, edge.NoStore)
		c.Set(fiber.HeaderContentDisposition, `attachment; filename="onboarding.json"`)
		c.Context().SetBodyStream(&edge.PacedBody{
			From: file, End: func() { end(); _ = file.Close() }, Conn: c.Context().Conn(),
		}, int(info.Size()))
	}}, nil
}
