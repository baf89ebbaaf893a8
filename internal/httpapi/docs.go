package httpapi

import (
	"bytes"
	"compress/gzip"
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	swagger "github.com/swaggest/swgui/v5/static"
)

const pathDocs = "/docs"

// docsPolicy lets the documentation load and call nothing but this server. Swagger UI sets styles
// within elements and embeds its pictures in its style sheet.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// docsPage is the page with the list of operations, its style, and the script that starts Swagger UI on it.
//
//go:embed docs
var docsPage embed.FS

// docsFiles are served below pathDocs, prepared once for all servers; those that end in ".gz" are compressed already.
var docsFiles = sync.OnceValues(func() (map[string]*pageFile, error) {
	files := map[string]*pageFile{}
	for _, from := range []struct {
		files fs.FS
		name  string
	}{
		{docsPage, "docs/docs.css"},
		{docsPage, "docs/start.js"},
		{swagger.FS, "swagger-ui.css.gz"},
		{swagger.FS, "swagger-ui-bundle.js.gz"},
		{swagger.FS, "favicon-32x32.png"},
	} {
		file, err := docsFile(from.files, from.name)
		if err != nil {
			return nil, err
		}
		files["/"+strings.TrimSuffix(path.Base(from.name), ".gz")] = file
	}
	return files, nil
})

// serveDocs serves a page that shows the document. It loads nothing from other hosts.
func (s *Server) serveDocs() error {
	index, err := docsIndex(s.edge.API.OpenAPI())
	if err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	s.edge.App.Add(http.MethodGet, pathDocs, newPageFile(pageIndex, index).sendDocs)
	files, err := docsFiles()
	if err != nil {
		return err
	}
	for at, file := range files {
		s.edge.App.Add(http.MethodGet, pathDocs+at, file.sendDocs)
	}
	return nil
}

// sendDocs responds with a file of the documentation.
func (f *pageFile) sendDocs(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentSecurityPolicy, docsPolicy)
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	return f.sendContent(c, http.StatusOK)
}

// docsFile reads a file, and keeps the compressed form that it may have.
func docsFile(files fs.FS, name string) (*pageFile, error) {
	content, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, fmt.Errorf("read the documentation: %w", err)
	}
	plain, isZipped := strings.CutSuffix(name, ".gz")
	if !isZipped {
		return newPageFile(plain, content), nil
	}
	reader, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("unpack %s: %w", name, err)
	}
	unpacked, err := io.ReadAll(reader)
	if err != nil {
		return nil, fmt.Errorf("unpack %s: %w", name, err)
	}
	return newZippedFile(plain, unpacked, content), nil
}

// listedTag is a tag with its operations, as the page lists them.
type listedTag struct {
	*huma.Tag
	Operations []listedOperation
}

type listedOperation struct{ Tag, ID, Method, Path, Summary string }

// docsIndex writes the page with the list of the operations.
func docsIndex(doc *huma.OpenAPI) ([]byte, error) {
	page, err := template.ParseFS(docsPage, "docs/index.html")
	if err != nil {
		return nil, fmt.Errorf("parse the page: %w", err)
	}
	byTag := map[string][]listedOperation{}
	for _, at := range slices.Sorted(maps.Keys(doc.Paths)) {
		item := doc.Paths[at]
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Delete} {
			if op != nil {
				tag := op.Tags[0]
				byTag[tag] = append(byTag[tag], listedOperation{tag, op.OperationID, op.Method, at, op.Summary})
			}
		}
	}
	var tags []listedTag
	for _, tag := range doc.Tags {
		tags = append(tags, listedTag{tag, byTag[tag.Name]})
	}
	var text bytes.Buffer
	err = page.Execute(&text, map[string]any{"Info": doc.Info, "Tags": tags})
	return text.Bytes(), err
}
