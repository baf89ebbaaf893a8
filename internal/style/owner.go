package style

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style/naming"
	"github.com/alwrity/onboarding/internal/style/pagetype"
)

// withOwner returns copies of the pages with the name of the site's owner, "" where
// nobody is named.
func (a *Analyzer) withOwner(pages []onboarding.Page) []onboarding.Page {
	name, named := a.names.Owner(pages), slices.Clone(pages)
	for i := range named {
		named[i].Brand.Name = name
	}
	return named
}

// data returns the top-level objects of the pages' structured data, in order: those
// that describe the site's owner, or the others.
func (e *evidence) data(owner bool) []map[string]any {
	var out []map[string]any
	brand := naming.Key(e.brandName())
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
	name := naming.Key(nameOf(object["name"]))
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
