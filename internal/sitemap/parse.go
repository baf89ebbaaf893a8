// Package sitemap reads the sitemap files of a website and reports what they list.
//
// It is pure: package website fetches the files.
package sitemap

import (
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"io"
	"strings"
	"time"

	"golang.org/x/net/html/charset"

	"github.com/alwrity/onboarding/internal/onboarding"
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
	Pages, Maps []string
	// Modified holds the lastmod of pages that have one.
	Modified map[string]string
}

// Parse parses a sitemap, gzip'd or not. A truncated or broken file gives the addresses
// before the break.
func Parse(body []byte) File {
	found := File{Modified: map[string]string{}}
	decoder := xml.NewDecoder(unzipped(body))
	decoder.Strict = false
	decoder.CharsetReader = charset.NewReaderLabel
	within := ""
	for len(found.Pages) < MaxURLs && len(found.Maps) < MaxURLs {
		token, err := decoder.Token()
		if err != nil {
			return found
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch name := start.Name.Local; name {
		case "url", "sitemap":
			within = name
		case "loc", "lastmod":
			var text string
			if decoder.DecodeElement(&text, &start) != nil {
				return found
			}
			found.add(within+"/"+name, strings.TrimSpace(text))
		}
	}
	return found
}

// add adds the text of an element in an element.
func (m *File) add(path, text string) {
	switch {
	case text == "" || len(text) > onboarding.MaxURLLength:
	case path == "sitemap/loc":
		m.Maps = append(m.Maps, text)
	case path == "url/loc":
		m.Pages = append(m.Pages, text)
	case path == "url/lastmod" && len(m.Pages) > 0:
		m.Modified[m.Pages[len(m.Pages)-1]] = text
	}
}

// unzipped decompresses a gzip'd file up to the limit.
func unzipped(body []byte) io.Reader {
	if unpacked, err := gzip.NewReader(bytes.NewReader(body)); err == nil {
		return io.LimitReader(unpacked, MaxBytes)
	}
	return bytes.NewReader(body)
}

// Lastmod reads a date as sitemaps have it (W3C date and time), zero for others.
func Lastmod(text string) time.Time {
	text = strings.TrimSpace(text)
	for _, layout := range []string{
		time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", time.DateOnly,
		"2006-01", "2006",
	} {
		if at, err := time.Parse(layout, text); err == nil && at.Year() > 1990 && at.Year() < 2200 {
			return at.UTC()
		}
	}
	return time.Time{}
}
