package httpapi

import (
	"embed"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/gofiber/fiber/v2"
	swagger "github.com/swaggest/swgui/v5/static"
)

const pathDocs = "/docs"

// docsPolicy lets the documentation load and call nothing but this server. Swagger UI sets styles
// within elements and embeds its pictures in its style sheet.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// docsPage is the page, and the script that starts Swagger UI on it.
//
//go:embed docs
var docsPage embed.FS

// docsFiles are served below pathDocs; ".gz" files are sent as they are.
var docsFiles = map[string]struct {
	files fs.FS
	name  string
}{
	"":                      {docsPage, "docs/index.html"},
	"/start.js":             {docsPage, "docs/start.js"},
	"/swagger-ui.css":       {swagger.FS, "swagger-ui.css.gz"},
	"/swagger-ui-bundle.js": {swagger.FS, "swagger-ui-bundle.js.gz"},
	"/favicon-32x32.png":    {swagger.FS, "favicon-32x32.png"},
}

// serveDocs serves a page that shows /openapi.json. It loads nothing from other hosts.
func (s *Server) serveDocs() error {
	for at, file := range docsFiles {
		content, err := fs.ReadFile(file.files, file.name)
		if err != nil {
			return err
		}
		name, zipped := strings.CutSuffix(file.name, ".gz")
		s.edge.App.Add(http.MethodGet, pathDocs+at, func(c *fiber.Ctx) error {
			c.Set(fiber.HeaderContentSecurityPolicy, docsPolicy)
			c.Set(fiber.HeaderCacheControl, "public, max-age=600")
			c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
			c.Set(fiber.HeaderContentType, mime.TypeByExtension(path.Ext(name)))
			if zipped {
				c.Set(fiber.HeaderContentEncoding, "gzip")
			}
			return c.Status(http.StatusOK).Send(content)
		})
	}
	return nil
}
