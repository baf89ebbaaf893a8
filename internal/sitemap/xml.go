package sitemap

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// maxOpen is how many open elements are remembered; sitemaps have four.
const maxOpen = 32

// xmlFile is the state of reading a file.
type xmlFile struct {
	found File
	// open are the names of the open elements, the innermost one last.
	open []string
	// value is the text of the open loc or lastmod, locs and lastmod those of the open entry.
	value   strings.Builder
	locs    []string
	lastmod string
}

// parseXML parses the XML format. It reads with a tokenizer of HTML, which knows no fault
// that ends a document: not well-formed sitemaps are common.
func parseXML(text string) File {
	tokens := html.NewTokenizer(strings.NewReader(text))
	tokens.AllowCDATA(true)
	var file xmlFile
	for !file.found.full() {
		switch tokens.Next() {
		case html.ErrorToken:
			file.endEntry()
			return file.found
		case html.StartTagToken:
			name, _ := tokens.TagName()
			file.start(string(name))
		case html.EndTagToken:
			name, _ := tokens.TagName()
			file.end(string(name))
		case html.TextToken:
			if file.readsValue() {
				file.value.WriteString(plainText(string(tokens.Raw())))
			}
		default: // comments, the document type, elements without content
		}
	}
	return file.found
}

// entity matches the references that XML has; "&copy=1" in an address is none.
var entity = regexp.MustCompile(`&#?\w{1,32};`)

// plainText returns the text of a CDATA section, or of a text with references.
func plainText(raw string) string {
	if inner, found := strings.CutPrefix(raw, "<![CDATA["); found {
		return strings.TrimSuffix(inner, "]]>")
	}
	return entity.ReplaceAllStringFunc(raw, html.UnescapeString)
}

func (f *xmlFile) start(name string) {
	f.endValue()
	if isEntry(name) {
		f.endEntry()
		f.open = slices.DeleteFunc(f.open, isEntry) // one that was not closed
	}
	if len(f.open) < maxOpen {
		f.open = append(f.open, name)
	}
}

func (f *xmlFile) end(name string) {
	f.endValue()
	for i := len(f.open) - 1; i >= 0; i-- {
		if f.open[i] != name {
			continue
		}
		if slices.ContainsFunc(f.open[i:], isEntry) {
			f.endEntry()
		}
		f.open = f.open[:i]
		return
	}
}

// isEntry reports whether an element is the entry of a page or of another file.
func isEntry(name string) bool {
	_, local := splitName(name)
	return local == "url" || local == "sitemap"
}

// readsValue reports whether the innermost open element is the loc or lastmod of an entry,
// and not of what an entry has beside: an image:loc is no page.
func (f *xmlFile) readsValue() bool {
	if len(f.open) < 2 || !isEntry(f.open[len(f.open)-2]) {
		return false
	}
	prefix, local := splitName(f.open[len(f.open)-1])
	entryPrefix, _ := splitName(f.open[len(f.open)-2])
	return prefix == entryPrefix && (local == "loc" || local == "lastmod")
}

// splitName cuts a name at the prefix of its namespace.
func splitName(name string) (prefix, local string) {
	if prefix, local, found := strings.Cut(name, ":"); found {
		return prefix, local
	}
	return "", name
}

// endValue closes the innermost element if it holds a value, and takes that: it may not be
// closed before the next element begins.
func (f *xmlFile) endValue() {
	if !f.readsValue() {
		return
	}
	last := len(f.open) - 1
	_, local := splitName(f.open[last])
	value := strings.Map(printable, strings.TrimSpace(f.value.String()))
	f.value.Reset()
	f.open = f.open[:last]
	switch {
	case value == "" || len(value) > onboarding.MaxURLLength:
	case local == "loc":
		f.locs = append(f.locs, value)
	default:
		f.lastmod = value
	}
}

// printable drops control characters: addresses are wrapped in the middle.
func printable(r rune) rune {
	if r < ' ' || r == '\uFEFF' {
		return -1
	}
	return r
}

// endEntry adds the open entry.
func (f *xmlFile) endEntry() {
	at := slices.IndexFunc(f.open, isEntry)
	if at < 0 {
		return
	}
	_, kind := splitName(f.open[at])
	for _, loc := range f.locs {
		if f.found.full() {
			break
		}
		if kind == "sitemap" {
			f.found.Maps = append(f.found.Maps, loc)
			continue
		}
		f.found.Pages = append(f.found.Pages, Page{Address: loc, Modified: lastmod(f.lastmod)})
	}
	f.locs, f.lastmod = nil, ""
}
