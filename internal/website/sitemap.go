package website

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/xml"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
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
	// modified holds the lastmod of pages that have one.
	modified map[string]string
}

// readSitemaps reads the sitemaps that robots.txt names on the site, else
// /sitemap.xml, and one level of index files. It returns the page addresses and
// what onboarding.Site.HasSitemap says; an error only when ctx ended.
func (s *session) readSitemaps(ctx context.Context, named []string) ([]string, *bool, error) {
	var exists *bool
	if len(named) > 0 {
		exists = new(true)
	}
	queue := slices.DeleteFunc(slices.Clone(named), func(address string) bool { return s.ownAddress(address) == nil })
	if len(queue) == 0 {
		queue = []string{"/sitemap.xml"}
	}
	var pages []string
	indexed := false
	for i := 0; i < len(queue) && i < maxSitemaps; i++ {
		found, missing, err := s.readSitemap(ctx, queue[i])
		if err != nil {
			return pages, exists, err
		}
		switch {
		case len(found.pages)+len(found.maps) > 0:
			exists = new(true)
		case missing && exists == nil:
			exists = new(false)
		}
		if s.modified != nil {
			maps.Copy(s.modified, found.modified)
		}
		pages = append(pages, found.pages[:min(len(found.pages), maxSitemapURLs-len(pages))]...)
		if !indexed && len(found.maps) > 0 { // an index inside an index is not followed
			indexed = true
			queue = slices.Concat(queue[:i+1], found.maps)
		}
	}
	return pages, exists, nil
}

// ownAddress resolves an address; nil when it is none or not of the site.
func (s *session) ownAddress(address string) *url.URL {
	if target := absolute(s.start, address); target != nil && s.sameSite(target) {
		return target
	}
	return nil
}

// readSitemap fetches one file of the site's own host; a file that can't be read is
// no error. It tells whether the host says that there is no such file.
func (s *session) readSitemap(ctx context.Context, address string) (found sitemap, missing bool, err error) {
	target := s.ownAddress(address)
	if target == nil {
		return sitemap{}, false, nil
	}
	got, err := s.crawler.follow(ctx, request{address: target, purpose: forSitemap, limit: maxSitemapBytes, cut: true, turn: s.asked.Turn}, s.onSite)
	switch {
	case ctx.Err() != nil:
		return sitemap{}, false, context.Cause(ctx)
	case err != nil:
		return sitemap{}, false, nil //nolint:nilerr // the site is read without its sitemap
	case statusError(got) == nil:
		return parseSitemap(got.body), false, nil
	}
	return sitemap{}, got.status == http.StatusNotFound || got.status == http.StatusGone, nil
}

// parseSitemap reads what can be read of a sitemap, gzip'd or not; a file that is
// cut off or broken gives the addresses before the break.
func parseSitemap(body []byte) sitemap {
	found := sitemap{modified: map[string]string{}}
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
		case "lastmod":
			var date string
			if decoder.DecodeElement(&date, &start) != nil {
				return found
			}
			if within == "url" && len(found.pages) > 0 {
				found.modified[found.pages[len(found.pages)-1]] = date
			}
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
