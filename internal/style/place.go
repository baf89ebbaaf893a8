package style

import (
	"net/url"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style/crawl"
	"github.com/alwrity/onboarding/internal/style/naming"
	"github.com/alwrity/onboarding/internal/textstat"
	"github.com/alwrity/onboarding/internal/wording"
)

// geography uses the postal address, served area, a region that the titles name, telephone
// code, domain, a region that the text names or that of the declared language, in this
// order. Of the structured data, only objects that
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
	if addresses := crawl.Contacts(e.pages, e.kinds).Address; len(addresses) > 0 {
		return judged(textstat.Excerpt(addresses[0]), "address on the page")
	}
	if place := e.regionIn(e.startTitles(), 1); place != "" {
		return judged(place, "named in the title, description or first headings")
	}
	if country := e.country(); country != none {
		return country
	}
	var texts [][]textstat.Word
	for _, ch := range e.c.Chunks {
		texts = append(texts, ch.Words)
	}
	if place := e.regionIn(texts, minRegionMentions); place != "" {
		return judged(place, "named in the text")
	}
	return e.declaredRegion()
}

// minRegionMentions is how often a text must name a region.
const minRegionMentions = 3

// startTitles are the title, description and first headings of the start page.
func (e *evidence) startTitles() [][]textstat.Word {
	start := e.pages[0]
	texts := [][]textstat.Word{e.c.Split(start.Title), e.c.Split(start.Description)}
	for _, h := range wording.First(start.Headings, min(len(start.Headings), naming.MaxSloganHeadings)) {
		texts = append(texts, e.c.Split(h.Text))
	}
	return texts
}

// regionIn is the country or region that the texts name most often, at least so many
// times, with its country.
func (e *evidence) regionIn(texts [][]textstat.Word, least int) string {
	t, countries := textstat.NewTally(), map[string]string{}
	for _, words := range texts {
		e.a.regions.FindAt(words, func(section, at, end int) {
			name := textstat.JoinWritten(words[at:end])
			if strings.ToLower(name) == name {
				return // "nice" and "essen" are words, too
			}
			t.Add(name, 0)
			countries[name] = e.a.regions.Names[section]
		})
	}
	top := t.Top(1, least)
	if len(top) == 0 {
		return ""
	}
	name, country := top[0].Text, countries[top[0].Text]
	if strings.EqualFold(name, country) {
		return country
	}
	return name + ", " + country
}

// country is the country that a telephone code or the domain shows.
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
	return none
}

// declaredRegion is the country of the language that the pages declare.
func (e *evidence) declaredRegion() onboarding.Judged {
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
