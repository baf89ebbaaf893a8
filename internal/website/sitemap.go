package website

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/xml"
	"io"
	"net/url"
	"strings"

	"golang.org/x/net/html/charset"
)

// Limits of a site's sitemaps.
const (
	maxSitemapBytes = 2 << 20
	maxSitemaps     = 3
	maxSitemapURLs  = 2000
)

// sitemap is the content of one sitemap or sitemap index file
// (https://www.sitemaps.org/protocol.html).
type sitemap struct {
	pages, maps []string
}

// readSitemaps reads the sitemaps that robots.txt names, else /sitemap.xml, and one
// level of index files. It returns the page addresses and whether a sitemap could
// be read; an error only when ctx ended.
func (s *session) readSitemaps(ctx context.Context, named []string) ([]string, bool, error) {
	queue := []string{(&url.URL{Scheme: s.start.Scheme, Host: s.start.Host, Path: "/sitemap.xml"}).String()}
	if len(named) > 0 {
		queue = named
	}
	var pages []string
	readable := false
	children := 0
	for i := 0; i < len(queue) && i < maxSitemaps; i++ {
		found, ok, err := s.readSitemap(ctx, queue[i])
		if err != nil {
			return pages, readable, err
		}
		readable = readable || ok
		pages = append(pages, found.pages[:min(len(found.pages), maxSitemapURLs-len(pages))]...)
		if children == 0 && len(found.maps) > 0 { // an index inside an index is not followed
			children = len(found.maps)
			queue = append(queue[:i+1], found.maps...)
		}
	}
	return pages, readable, nil
}

// readSitemap fetches one file of the site's own host; a file that can't be read is
// no error.
func (s *session) readSitemap(ctx context.Context, address string) (sitemap, bool, error) {
	target := absolute(s.start, address)
	if target == nil || !s.sameSite(target) {
		return sitemap{}, false, nil
	}
	got, err := s.crawler.follow(ctx, request{address: target, purpose: forSitemap, limit: maxSitemapBytes, cut: true}, s.onSite)
	var found sitemap
	switch {
	case ctx.Err() != nil:
		return found, false, context.Cause(ctx)
	case err == nil && statusError(got) == nil:
		found = parseSitemap(got.body)
	}
	return found, len(found.pages)+len(found.maps) > 0, nil
}

// parseSitemap reads what can be read of a sitemap, gzip'd or not; a file that is
// cut off or broken gives the addresses before the break.
func parseSitemap(body []byte) sitemap {
	var found sitemap
	decoder := xml.NewDecoder(unzipped(body))
	decoder.Strict = false
	decoder.CharsetReader = charset.NewReaderLabel
	within := ""
	for len(found.pages) < maxSitemapURLs && len(found.maps) < maxSitemapURLs {
		token, err := decoder.Token()
		if err != nil {
			return found
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch start.Name.Local {
		case "url", "sitemap":
			within = start.Name.Local
		case "loc":
			var address string
			if decoder.DecodeElement(&address, &start) != nil {
				return found
			}
			found.add(within, strings.TrimSpace(address))
		}
	}
	return found
}

func (m *sitemap) add(within, address string) {
	switch {
	case address == "" || len(address) > maxAddress:
	case within == "sitemap":
		m.maps = append(m.maps, address)
	case within == "url":
		m.pages = append(m.pages, address)
	}
}

// unzipped unpacks a gzip'd file as far as the limit allows.
func unzipped(body []byte) io.Reader {
	if unpacked, err := gzip.NewReader(bytes.NewReader(body)); err == nil {
		return io.LimitReader(unpacked, maxSitemapBytes)
	}
	return bytes.NewReader(body)
}
