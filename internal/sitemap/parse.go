// Package sitemap reads the sitemap files of a website and reports what they list.
//
// It is pure: package website fetches the files.
package sitemap

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/transcode"
)

// Limits of a site's sitemaps.
const (
	// MaxBytes is how much of a file is read, before and after decompression.
	MaxBytes = 2 << 20
	// MaxURLs is how many addresses are taken from the files of a site.
	MaxURLs = 2000
)

// File is the content of one sitemap or sitemap index file
// (https://www.sitemaps.org/protocol.html).
type File struct {
	Pages []Page
	// Maps are the addresses of other files.
	Maps []string
}

// full reports whether no more addresses are taken from the file.
func (f File) full() bool { return len(f.Pages)+len(f.Maps) >= MaxURLs }

// Page is one address of a sitemap.
type Page struct {
	// Address is as the file has it, which may be relative to the file's own.
	Address string
	// Modified is when the file says that the page was changed, zero when it does not.
	Modified time.Time
}

// Parse parses a sitemap in XML or as text, gzip'd or not, in any encoding. Of a truncated
// or broken file it returns what can be told.
func Parse(body []byte) File {
	text, _ := transcode.ToUTF8(unzipped(body), "")
	if found := parseXML(text); len(found.Pages)+len(found.Maps) > 0 || strings.HasPrefix(strings.TrimSpace(text), "<") {
		return found
	}
	return parseLines(text)
}

// unzipped decompresses a file up to the limit; one that is not gzip'd stays as it is. What
// comes before a fault is kept. Some files are gzip'd twice.
func unzipped(body []byte) []byte {
	for range 2 {
		unpacked, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			break
		}
		body, _ = io.ReadAll(io.LimitReader(unpacked, MaxBytes)) // an error is the end
	}
	return body
}

// parseLines parses the text format: one address a line.
func parseLines(text string) File {
	var found File
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		begin := strings.ToLower(line[:min(len(line), 8)])
		isAddress := strings.HasPrefix(begin, "http://") || strings.HasPrefix(begin, "https://")
		if isAddress && !strings.ContainsAny(line, " \t<>") && len(line) <= onboarding.MaxURLLength &&
			!found.full() {
			found.Pages = append(found.Pages, Page{Address: line})
		}
	}
	return found
}

// dateLayouts are the forms of W3C dates, and those that generators write in their place.
var dateLayouts = []string{
	time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", "2006-01-02T15:04",
	"2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 Z0700", "2006-01-02 15:04:05", "2006-01-02 15:04",
	time.DateOnly, "2006-01", "2006", time.RFC1123Z, time.RFC1123,
}

// lastmod reads a date, zero for what is none.
func lastmod(text string) time.Time {
	for _, layout := range dateLayouts {
		if at, err := time.Parse(layout, text); err == nil && at.Year() > 1990 && at.Year() < 2200 {
			return at.UTC()
		}
	}
	return time.Time{}
}
