package httpapi

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"

	"github.com/gofiber/fiber/v2"

	"github.com/alwrity/onboarding/internal/httpapi/admin"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
)

// page is the web page, and that of operators: plain HTML, CSS and ES modules, served unchanged.
//
//go:embed web
var page embed.FS

// uplot draws the curves of operators: the files of the npm package uplot, which make browser-test compares.
//
//go:embed uplot/*.js uplot/*.css
var uplot embed.FS

const (
	// pagePolicy lets the page load and call what this server serves, and nothing else.
	// There is no script and no style in the HTML itself, so that none can be injected.
	pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	// pageCaching has browsers ask each time, which the ETag makes cheap: the files keep
	// their names from one release to the next.
	pageCaching = "no-cache"

	pageIndex    = "index.html"
	pageNotFound = "not-found.html"
	// signInMark is replaced in the index by the way to sign in.
	signInMark = `data-sign-in="token"`
)

// pageFile is one file of the page, ready to be sent.
type pageFile struct {
	mediaType, tag  string
	content, zipped []byte
}

// pageFiles compresses the files of the pages, once for all servers.
var pageFiles = sync.OnceValues(func() (map[string]*pageFile, error) {
	files := map[string]*pageFile{}
	for _, from := range []fs.FS{page, uplot} {
		err := fs.WalkDir(from, ".", func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			content, err := fs.ReadFile(from, name)
			if err != nil {
				return fmt.Errorf("read the page: %w", err)
			}
			name = strings.TrimPrefix(name, "web/")
			files[name] = newPageFile(name, content)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
})

// servePage adds a route for every file of the pages.
func (s *Server) servePage() error {
	files, err := pageFiles()
	if err != nil {
		return err
	}
	for name, file := range files {
		if name == pageNotFound {
			continue // it has no address of its own
		}
		if name == pageIndex && s.cfg.DevelopmentToken != nil {
			content := bytes.Replace(file.content, []byte(signInMark), []byte(`data-sign-in="development"`), 1)
			file = newPageFile(name, content)
		}
		s.edge.App.Add(http.MethodGet, addressOf(name), file.send)
	}
	return nil
}

// serveNotFound shows people who open an unknown address a page; programs get a problem. It comes after all routes.
func (s *Server) serveNotFound() error {
	files, err := pageFiles()
	if err != nil {
		return err
	}
	s.edge.App.Use(func(c *fiber.Ctx) error {
		err := c.Next()
		var unknown *fiber.Error
		if errors.As(err, &unknown) && unknown.Code == http.StatusNotFound && edge.IsNavigation(c) {
			return files[pageNotFound].sendAs(c, http.StatusNotFound)
		}
		return err
	})
	return nil
}

// addressOf returns where a file of the pages is served.
func addressOf(name string) string {
	switch name {
	case pageIndex:
		return "/"
	case "ops/index.html":
		return admin.PathOps
	case "ops/sign-in.html":
		return admin.PathSignIn
	}
	return "/" + name
}

func newPageFile(name string, content []byte) *pageFile {
	var zipped bytes.Buffer
	writer, _ := gzip.NewWriterLevel(&zipped, gzip.BestCompression) // a level that exists
	_, _ = writer.Write(content)                                    // a buffer takes everything
	_ = writer.Close()
	return newZippedFile(name, content, zipped.Bytes())
}

// newZippedFile returns a file whose compressed form is there already.
func newZippedFile(name string, content, zipped []byte) *pageFile {
	sum := sha256.Sum256(content)
	return &pageFile{
		mediaType: mediaTypes[path.Ext(name)], tag: hex.EncodeToString(sum[:12]), content: content, zipped: zipped,
	}
}

// mediaTypes are fixed, whatever the machine's own table says.
var mediaTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8",
	".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
	".json": "application/json", ".png": "image/png",
}

func (f *pageFile) send(c *fiber.Ctx) error { return f.sendAs(c, http.StatusOK) }

func (f *pageFile) sendAs(c *fiber.Ctx, status int) error {
	c.Set(fiber.HeaderContentSecurityPolicy, pagePolicy)
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	return f.sendContent(c, status)
}

// sendContent responds with the content, compressed for a client that accepts gzip, or with 304.
func (f *pageFile) sendContent(c *fiber.Ctx, status int) error {
	c.Set(fiber.HeaderCacheControl, pageCaching)
	c.Vary(fiber.HeaderAcceptEncoding)
	content, tag := f.content, `"`+f.tag+`"`
	zipped := edge.AcceptsGzip(c)
	if zipped {
		content, tag = f.zipped, `"`+f.tag+`-gzip"`
	}
	if status == http.StatusOK {
		c.Set(fiber.HeaderETag, tag)
	}
	if status == http.StatusOK && edge.Matches(c.Get(fiber.HeaderIfNoneMatch), tag) {
		return c.SendStatus(http.StatusNotModified)
	}
	c.Set(fiber.HeaderContentType, f.mediaType)
	if zipped {
		c.Set(fiber.HeaderContentEncoding, "gzip")
	}
	return c.Status(status).Send(content)
}
