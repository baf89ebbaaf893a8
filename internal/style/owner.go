package style

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style/pagetype"
	"github.com/alwrity/onboarding/internal/textstat"
)

// maxNameWords is the longest part of a title that can be a name.
const maxNameWords = 5

// titleName returns the last or first part of the titles that most pages share, in at
// least two different titles; "" when there is none. One title is not enough: neither
// part of "Book a visit | Contact us" is a name.
func (a *Analyzer) titleName(pages []onboarding.Page) string {
	best, most := "", 0
	for _, first := range []bool{false, true} {
		shown, joined := textstat.NewTally(), map[string]textstat.WordSet{}
		for i, p := range pages {
			parts := onboarding.TitleParts(p.Title)
			part := parts[len(parts)-1]
			if first {
				part = parts[0]
			}
			shown.Add(part, i)
			if joined[part] == nil {
				joined[part] = textstat.WordSet{}
			}
			if len(parts) > 1 {
				joined[part][p.Title] = true
			}
		}
		for _, term := range shown.Top(1, 2) {
			if 2*term.Pages > len(pages) && term.Pages > most && len(joined[term.Text]) >= 2 && a.canName(term.Text) {
				best, most = term.Text, term.Pages
			}
		}
	}
	return best
}

// canName reports whether a part of a title may be a name: it is short and names no
// kind of page ("Blog").
func (a *Analyzer) canName(part string) bool {
	words := textstat.SplitWords(part, false)
	return len(words) <= maxNameWords && a.canClaim(part)
}

// data returns the top-level objects of the pages' structured data, in order: those
// that describe the site's owner, or the others.
func (e *evidence) data(owner bool) []map[string]any {
	var out []map[string]any
	brand := letterKey(e.brandName())
	for _, p := range e.pages {
		for _, raw := range p.JSONLD {
			var object map[string]any
			if json.Unmarshal(raw, &object) == nil && e.a.describesOwner(object, p.URL, brand) == owner {
				out = append(out, object)
			}
		}
	}
	return out
}

// describesOwner reports whether an object is the organisation, business or person
// that owns the site: it has the owner's name (brand) or the address of the start
// page, or names nobody. A hotel that a post reviews has neither. A person must have
// the owner's name, since most are authors.
func (a *Analyzer) describesOwner(object map[string]any, page, brand string) bool {
	types := pagetype.Names(object["@type"])
	if !slices.ContainsFunc(types, a.isOwnerType) {
		return false
	}
	name := letterKey(nameOf(object["name"]))
	if name != "" && brand != "" && (strings.Contains(name, brand) || strings.Contains(brand, name)) {
		return true
	}
	if slices.Contains(types, "person") {
		return false
	}
	if address := scalar(object["url"]); address != "" {
		return pagetype.SameHost(address, page) && len(pagetype.Segments(address)) == 0
	}
	return name == "" || brand == ""
}

// isOwnerType reports whether a schema.org type, in lower case, is one of people,
// organisations or businesses.
func (a *Analyzer) isOwnerType(t string) bool {
	switch t {
	case "person", "childcare", "drycleaningorlaundry", "governmentoffice", "internetcafe", "library", "recyclingcenter",
		"selfstorage", "shoppingcenter":
		return true
	case "service", "softwareapplication", "webapplication", "mobileapplication", "course", "realestatelisting",
		"residence", "touristtrip", "touristattraction":
		return false
	}
	for _, ending := range []string{"organization", "corporation", "business", "store", "ngo", "agency", "service"} {
		if strings.HasSuffix(t, ending) {
			return true
		}
	}
	return a.lists.schema[t] != ""
}

// letterKey is equal for names that differ in case, spaces and marks only.
func letterKey(name string) string {
	var b strings.Builder
	for _, w := range textstat.SplitWords(name, false) {
		b.WriteString(w.Lower)
	}
	return b.String()
}
