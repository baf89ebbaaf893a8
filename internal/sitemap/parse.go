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
			if within == "url" && len(found.Pages) > 0 {
				found.Modified[found.Pages[len(found.Pages)-1]] = date
			}
		}
	}
	return found
}

func (m *File) add(within, address string) {
	switch {
	case address == "" || len(address) > onboarding.MaxURLLength:
	case within == "sitemap":
		m.Maps = append(m.Maps, address)
	case within == "url":
		m.Pages = append(m.Pages, address)
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
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", time.DateOnly, "2006-01", "2006"} {
		if at, err := time.Parse(layout, text); err == nil && at.Year() > 1990 && at.Year() < 2200 {
			return at.UTC()
		}
	}
	return time.Time{}
}
