package style

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// demographics are the groups that the text names.
func demographics(e *evidence) []string { return termTexts(e.m.Audience, 8) }

// expertise goes by what the text says of its readers' knowledge, else by how hard
// it reads.
func expertise(e *evidence) string {
	if e.c.lang.Code == english {
		novice, noviceWords := e.mentions("novice")
		expert, expertWords := e.mentions("expert")
		switch {
		case novice >= 3 && novice >= 2*expert:
			return fmt.Sprintf("beginner (words used: %s)", strings.Join(noviceWords, ", "))
		case expert >= 3 && expert >= 2*novice:
			return fmt.Sprintf("advanced (words used: %s)", strings.Join(expertWords, ", "))
		}
	}
	r := e.m.Readability
	switch {
	case r.FleschKincaidGrade != nil:
		return fmt.Sprintf("%s (from the reading level alone: Flesch-Kincaid grade %s)", band(*r.FleschKincaidGrade, []float64{7, 13}, "beginner", "intermediate", "advanced"), number(*r.FleschKincaidGrade))
	case r.LIX != nil:
		return fmt.Sprintf("%s (from the reading level alone: LIX %.0f)", band(*r.LIX, []float64{35, 55}, "beginner", "intermediate", "advanced"), *r.LIX)
	}
	return ""
}

// industry goes by the schema.org type of the owner, else by the words of an
// industry where they clearly lead.
func industry(e *evidence) string {
	for _, p := range e.pages {
		for _, t := range jsonLDTypes(p) {
			if name := e.a.lex.schema[t]; name != "" && !weakSchema(t) {
				return fmt.Sprintf("%s (structured data of type %s)", name, t)
			}
		}
	}
	if e.c.lang.Code != english {
		return ""
	}
	type score struct {
		name  string
		hits  int
		words []string
	}
	var scores []score
	for _, s := range e.a.lex.industries {
		hits, words := e.hitsOf(newPhraseSet(newWordSet(s.terms)))
		scores = append(scores, score{s.name, hits, words})
	}
	slices.SortStableFunc(scores, func(a, b score) int { return cmp.Compare(b.hits, a.hits) })
	best, next := scores[0], scores[1]
	if best.hits < 5 || len(best.words) < 3 || 2*best.hits < 3*next.hits {
		return ""
	}
	return fmt.Sprintf("%s (words used: %s)", best.name, strings.Join(best.words[:min(4, len(best.words))], ", "))
}

// weakSchema tells types that pages of every industry use.
func weakSchema(t string) bool { return t == "store" || t == "course" || t == "softwareapplication" }

// hitsOf counts the phrases of a set in the blocks and lists them with counts.
func (e *evidence) hitsOf(set phraseSet) (int, []string) {
	t := newTally()
	for _, ch := range e.c.chunks {
		for _, phrase := range set.find(ch.words) {
			t.add(phrase, ch.page)
		}
	}
	total := 0
	var words []string
	for _, term := range t.top(len(t.count), 1) {
		total += term.Count
		words = append(words, fmt.Sprintf("%s %d", term.Text, term.Count))
	}
	return total, words
}

// geography goes by postal address, served area, telephone code, domain and the
// region of the declared language, in this order.
func geography(e *evidence) string {
	if place := e.placeInData(e.a.addressOf); place != "" {
		return place + " (address in the structured data)"
	}
	if place := e.placeInData(servedArea); place != "" {
		return place + " (area served, from the structured data)"
	}
	for _, p := range e.pages {
		if len(p.Contacts.Addresses) > 0 {
			return excerpt(p.Contacts.Addresses[0]) + " (address on the page)"
		}
	}
	return e.country()
}

// country is the country that a telephone code, the domain or the declared region
// shows.
func (e *evidence) country() string {
	for _, p := range e.pages {
		for _, phone := range p.Contacts.Phones {
			digits := strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", ".", "").Replace(phone)
			if strings.HasPrefix(digits, "00") {
				digits = "+" + digits[2:]
			}
			for n := 4; n >= 3; n-- {
				if len(digits) > n && e.a.lex.countries[digits[:n]] != "" {
					return fmt.Sprintf("%s (telephone code %s)", e.a.lex.countries[digits[:n]], digits[:n])
				}
			}
		}
	}
	if u, err := url.Parse(e.site.URL); err == nil {
		host := u.Hostname()
		if tld := host[strings.LastIndexByte(host, '.')+1:]; e.a.lex.countries[tld] != "" {
			return fmt.Sprintf("%s (domain .%s)", e.a.lex.countries[tld], tld)
		}
	}
	_, region, _ := strings.Cut(strings.ReplaceAll(e.m.Language.Declared, "_", "-"), "-")
	// American English is what most software declares when nobody chose.
	if name := e.a.lex.countries[region]; name != "" && e.m.Language.Declared != "en-us" {
		return fmt.Sprintf("%s (the pages declare the language %s)", name, e.m.Language.Declared)
	}
	return ""
}

// placeInData is the first place that read finds in the structured data.
func (e *evidence) placeInData(read func(map[string]any) string) string {
	for _, p := range e.pages {
		for _, raw := range p.JSONLD {
			var object any
			if json.Unmarshal(raw, &object) == nil {
				if place := placeIn(object, read, 0); place != "" {
					return place
				}
			}
		}
	}
	return ""
}

// placeIn searches an object and what it holds.
func placeIn(v any, read func(map[string]any) string, depth int) string {
	if depth > 6 {
		return ""
	}
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			if place := placeIn(item, read, depth+1); place != "" {
				return place
			}
		}
	case map[string]any:
		if place := read(v); place != "" {
			return place
		}
		for _, key := range sortedKeys(v) {
			if place := placeIn(v[key], read, depth+1); place != "" {
				return place
			}
		}
	}
	return ""
}

// addressOf reads the parts of a postal address.
func (a *Analyzer) addressOf(object map[string]any) string {
	var parts []string
	for _, key := range []string{"addressLocality", "addressRegion", "addressCountry"} {
		text := nameOf(object[key])
		if key == "addressCountry" && a.lex.countries[strings.ToLower(text)] != "" {
			text = a.lex.countries[strings.ToLower(text)]
		}
		if text != "" && !slices.Contains(parts, text) {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, ", ")
}

func servedArea(object map[string]any) string { return nameOf(object["areaServed"]) }

// nameOf is a string, or the name of an object, or the first of a list of those.
func nameOf(v any) string {
	switch v := v.(type) {
	case string:
		return excerpt(v)
	case map[string]any:
		name, _ := v["name"].(string)
		return excerpt(name)
	case []any:
		var names []string
		for _, item := range v {
			if name := nameOf(item); name != "" && len(names) < 4 {
				names = append(names, name)
			}
		}
		return enumerate(names)
	}
	return ""
}

// painPoints quotes the sentences that name a problem and whose it is.
func painPoints(e *evidence) []string {
	return quoted(e.aboutReaders("problem", "benefit", 1))
}

// motivations quotes the sentences that promise the reader something good.
func motivations(e *evidence) []string {
	return quoted(e.aboutReaders("benefit", "problem", 2))
}

// aboutReaders finds sentences with at least two phrases of the list and more than
// margin times those of the opposite one, that speak of the reader or of people.
func (e *evidence) aboutReaders(list, opposite string, margin int) []hit {
	readers, contrary := e.set("audience_words"), e.set(opposite)
	return slices.DeleteFunc(e.quotes(list), func(h hit) bool {
		own := len(h.phrases)
		return own < 2 || own <= margin*len(contrary.find(h.words)) || len(readers.find(h.words)) == 0 || e.kindOf(h.sentence) == "legal"
	})
}

func (e *evidence) kindOf(s sentence) string {
	if s.page < len(e.kinds) {
		return e.kinds[s.page]
	}
	return otherType
}
