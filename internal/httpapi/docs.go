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

// swaggerFiles are those of Swagger UI that the page uses; ".gz" files are sent as
// they are.
var swaggerFiles = []string{"swagger-ui.css.gz", "swagger-ui-bundle.js.gz", "favicon-32x32.png"}

// serveDocs serves a page that shows /openapi.json. It loads nothing from other hosts.
func (s *Server) serveDocs() error {
	if err := s.serveDocsFile(pathDocs, docsPage, "docs/index.html"); err != nil {
		return err
	}
	if err := s.serveDocsFile(pathDocs+"/start.js", docsPage, "docs/start.js"); err != nil {
		return err
	}
	for _, name := range swaggerFiles {
		if err := s.serveDocsFile(pathDocs+"/"+strings.TrimSuffix(name, ".gz"), swagger.FS, name); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) serveDocsFile(at string, files fs.FS, name string) error {
	content, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	name, zipped := strings.CutSuffix(name, ".gz")
	s.edge.App.Add(http.MethodGet, at, func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentSecurityPolicy, docsPolicy)
		c.Set(fiber.HeaderCacheControl, "public, max-age=600")
		c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
		c.Set(fiber.HeaderContentType, mime.TypeByExtension(path.Ext(name)))
		if zipped {
			c.Set(fiber.HeaderContentEncoding, "gzip")
		}
		return c.Status(http.StatusOK).Send(content)
	})
	return nil
}
