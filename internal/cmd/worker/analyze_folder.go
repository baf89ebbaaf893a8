package worker

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/sitemap"
	"github.com/alwrity/onboarding/internal/webpage"
	"github.com/alwrity/onboarding/internal/webpage/leads"
)

// maxFileBytes is the size up to which a file is read, that of a fetched page.
const maxFileBytes = 5 << 20

// readFile reads a file: a text as the sample of a user without a website, and everything
// else as an HTML page that was fetched.
func readFile(ctx context.Context, name string, info fs.FileInfo) (onboarding.Site, error) {
	if info.Size() > maxFileBytes {
		return onboarding.Site{}, &onboarding.Failure{Code: onboarding.FailureTooLarge, Subject: info.Name()}
	}
	body, err := os.ReadFile(name)
	if err != nil {
		return onboarding.Site{}, err
	}
	if ext := strings.ToLower(filepath.Ext(name)); ext == ".txt" || ext == ".md" {
		return webpage.FromText(onboarding.WebsiteInput{TextSample: string(body)}, time.Now().UTC()), nil
	}
	address := &url.URL{Scheme: "http", Host: "localhost", Path: "/" + info.Name()}
	page, err := webpage.Digest(ctx, body, pageType(name), address)
	if webpage.IsStub(page, err) {
		if next := leads.Of(body, pageType(name), address, "").Next; next != nil && next.Path != address.Path {
			return onboarding.Site{}, fmt.Errorf("%s has no text but leads to %s: analyse that, or its folder",
				info.Name(), next.RequestURI())
		}
	}
	page.FetchedAt = time.Now().UTC()
	return onboarding.Site{URL: address.String(), Pages: []onboarding.Page{page}}, err
}

// CrawlFolder serves the website in folder on a loopback port and crawls it there; ErrNoSite means that there is none.
// Addresses of the prefixes may be crawled as well. Progress goes to stderr.
func CrawlFolder(ctx context.Context, folder fs.FS, allow []netip.Prefix, stderr io.Writer) (onboarding.Site, error) {
	folder, err := siteRoot(folder)
	if err != nil {
		return onboarding.Site{}, err
	}
	address, stop, err := ServeFolder(ctx, folder)
	if err != nil {
		return onboarding.Site{}, err
	}
	defer func() { _ = stop() }()
	loopback := netip.PrefixFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), 32)
	return crawl(ctx, onboarding.Crawl{URL: address}, append(allow, loopback), stderr)
}

// ServeFolder serves FolderHandler on a free loopback port and returns its address.
func ServeFolder(ctx context.Context, folder fs.FS) (address string, stop func() error, err error) {
	handler, err := FolderHandler(folder)
	if err != nil {
		return "", nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("serve the folder: %w", err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }()
	return "http://" + listener.Addr().String(), server.Close, nil
}

// pageTypes are the media types of pages by the extension of their files. They are without a
// charset, so that the declaration of a page itself decides.
var pageTypes = map[string]string{
	".html": "text/html", ".htm": "text/html", ".xhtml": "application/xhtml+xml", ".xht": "application/xhtml+xml",
}

// pageType is the media type of a file that is read as a page.
func pageType(name string) string {
	return cmp.Or(pageTypes[strings.ToLower(path.Ext(name))], "text/html")
}

// indexFiles stand for their folder.
var indexFiles = []string{"index.html", "index.htm", "index.xhtml"}

// sitemapOrigin returns scheme and host of the first address of the folder's sitemap, "" without one.
func sitemapOrigin(folder fs.FS) string {
	body, err := fs.ReadFile(folder, "sitemap.xml")
	if err != nil {
		return ""
	}
	found := sitemap.Parse(body)
	for _, page := range found.Pages {
		found.Maps = append(found.Maps, page.Address)
	}
	for _, address := range found.Maps {
		if u, err := url.Parse(address); err == nil && strings.HasPrefix(u.Scheme, "http") && u.Host != "" && u.User == nil {
			return u.Scheme + "://" + u.Host
		}
	}
	return ""
}

// FolderHandler serves a website that is stored in a folder, index.html standing
// for its directory. The address that the site has in public, known from its
// sitemap.xml, is replaced by the address that a request asks for, so that
// canonical links, JSON-LD and the sitemap name pages that can be fetched. It
// fails when the folder holds no HTML page.
func FolderHandler(folder fs.FS) (http.Handler, error) {
	pages, err := countPages(folder)
	if err != nil {
		return nil, fmt.Errorf("read the folder: %w", err)
	}
	if pages == 0 {
		return nil, errors.New("the folder holds no .html file")
	}
	origin := []byte(sitemapOrigin(folder))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		serveFile(w, r, folder, origin)
	}), nil
}

func countPages(folder fs.FS) (pages int, err error) {
	err = fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && pageTypes[path.Ext(name)] != "" {
			pages++
		}
		return err
	})
	return pages, err
}

// indexOf returns the file that stands for a folder, index.html if there is none.
func indexOf(folder fs.FS, name string) string {
	for _, index := range indexFiles {
		if _, err := fs.Stat(folder, path.Join(name, index)); err == nil {
			return path.Join(name, index)
		}
	}
	return path.Join(name, indexFiles[0])
}

// serveFile answers with the file that the path names, or with its index file.
func serveFile(w http.ResponseWriter, r *http.Request, folder fs.FS, origin []byte) {
	name := path.Clean("/" + r.URL.Path)[1:]
	if name == "" {
		name = "."
	}
	if info, err := fs.Stat(folder, name); err == nil && info.IsDir() {
		if !strings.HasSuffix(r.URL.Path, "/") {
			// Else the relative links of the page would miss one folder.
			http.Redirect(w, r, "/"+name+"/", http.StatusMovedPermanently) //nolint:gosec // a clean path of a folder that exists
			return
		}
		name = indexOf(folder, name)
	}
	body, err := fs.ReadFile(folder, name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	ext := path.Ext(name)
	contentType, _, _ := strings.Cut(mime.TypeByExtension(ext), ";")
	w.Header().Set("Content-Type", cmp.Or(pageTypes[ext], contentType))
	if len(origin) > 0 && (pageTypes[ext] != "" || ext == ".xml" || ext == ".txt") {
		body = bytes.ReplaceAll(body, origin, []byte("http://"+r.Host))
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}
