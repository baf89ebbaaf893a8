package style

import (
	"net/url"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/textstat"
	"github.com/alwrity/onboarding/internal/wording"
)

// geography uses the postal address, served area, telephone code, domain or region of
// the declared language, in this order. Of the structured data, only objects that
// describe the owner count: events, reviews, authors and employers have their own
// places.
func geography(e *evidence) onboarding.Judged {
	owner := e.data(true)
	for _, object := range owner {
		for _, key := range []string{"address", "location"} {
			if place := e.a.placeOf(object[key]); place != "" {
				return judged(place, "address in the structured data")
			}
		}
	}
	for _, object := range owner {
		if place := nameOf(object["areaServed"]); place != "" {
			return judged(place, "area served, from the structured data")
		}
	}
	for _, p := range e.pages {
		if len(p.Contacts.Addresses) > 0 {
			return judged(textstat.Excerpt(p.Contacts.Addresses[0]), "address on the page")
		}
	}
	return e.country()
}

// country is the country that a telephone code, the domain or the declared region
// shows.
func (e *evidence) country() onboarding.Judged {
	for _, p := range e.pages {
		for _, phone := range p.Contacts.Phones {
			digits := strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", ".", "").Replace(phone)
			if strings.HasPrefix(digits, "00") {
				digits = "+" + digits[2:]
			}
			for n := 4; n >= 3; n-- {
				if len(digits) > n && e.a.lists.countries[digits[:n]] != "" {
					return judged(e.a.lists.countries[digits[:n]], "telephone code %s", digits[:n])
				}
			}
		}
	}
	if u, err := url.Parse(e.site.URL); err == nil {
		host := u.Hostname()
		if tld := host[strings.LastIndexByte(host, '.')+1:]; e.a.lists.countries[tld] != "" {
			return judged(e.a.lists.countries[tld], "domain .%s", tld)
		}
	}
	_, region, _ := strings.Cut(strings.ReplaceAll(e.m.Language.Declared, "_", "-"), "-")
	// American English is the default of most software, so it is no evidence.
	if name := e.a.lists.countries[region]; name != "" && e.m.Language.Declared != "en-us" {
		return judged(name, "the pages declare the language %s", e.m.Language.Declared)
	}
	return none
}

// placeOf reads a postal address, a place that has one, or the first of a list of
// those.
func (a *Analyzer) placeOf(v any) string {
	switch v := v.(type) {
	case string:
		return textstat.Excerpt(v)
	case []any:
		for _, item := range v {
			if place := a.placeOf(item); place != "" {
				return place
			}
		}
	case map[string]any:
		if place := a.addressOf(v); place != "" {
			return place
		}
		return a.placeOf(v["address"])
	}
	return ""
}

// addressOf reads the parts of a postal address.
func (a *Analyzer) addressOf(object map[string]any) string {
	var parts []string
	for _, key := range []string{"addressLocality", "addressRegion", "addressCountry"} {
		text := nameOf(object[key])
		if key == "addressCountry" && a.lists.countries[strings.ToLower(text)] != "" {
			text = a.lists.countries[strings.ToLower(text)]
		}
		if text != "" && !slices.Contains(parts, text) {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, ", ")
}

// nameOf is a string, or the name of an object, or the first of a list of those.
func nameOf(v any) string {
	switch v := v.(type) {
	case string:
		return textstat.Excerpt(v)
	case map[string]any:
		name, _ := v["name"].(string)
		return textstat.Excerpt(name)
	case []any:
		var names []string
		for _, item := range v {
			if name := nameOf(item); name != "" && len(names) < 4 {
				names = append(names, name)
			}
		}
		return wording.Enumerate(names)
	}
	return ""
}
