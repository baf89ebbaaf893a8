package edge

import (
	"bytes"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

const (
	// leastCompressed is the size in bytes from which a response is compressed: a smaller one, as most polls have, would
	// hardly arrive sooner.
	leastCompressed = 1024

	// TagKeys is the tag of the operations about API keys.
	TagKeys = "keys"
)

// compressible reports whether responses of an operation may be compressed. Those that hold keys or tickets may not:
// the length of a compressed response tells about a secret in it, to an attacker who can place text beside it (BREACH).
func compressible(op *huma.Operation) bool {
	return op.Metadata[oneTime] != true && !slices.Contains(op.Tags, TagKeys)
}

// compress compresses a large JSON response for a client that accepts gzip. Body streams stay as they are.
func compress(ctx huma.Context, next func(huma.Context)) {
	next(ctx)
	c := humafiber.Unwrap(ctx)
	response := c.Response()
	if response.IsBodyStream() || len(response.Body()) < leastCompressed ||
		!bytes.HasPrefix(response.Header.ContentType(), []byte(fiber.MIMEApplicationJSON)) {
		return
	}
	c.Vary(fiber.HeaderAcceptEncoding)
	if !AcceptsGzip(c) {
		return
	}
	response.SetBodyRaw(fasthttp.AppendGzipBytesLevel(nil, response.Body(), fasthttp.CompressBestSpeed))
	c.Set(fiber.HeaderContentEncoding, "gzip")
}

// AcceptsGzip reports whether the client takes gzip.
func AcceptsGzip(c *fiber.Ctx) bool {
	return c.Get(fiber.HeaderAcceptEncoding) != "" && c.AcceptsEncodings("gzip") != ""
}
