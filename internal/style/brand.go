package style

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style/pagetype"
	"github.com/alwrity/onboarding/internal/textstat"
	"github.com/alwrity/onboarding/internal/wording"
)

// brandVoice joins the owner's name, tone and voice.
func brandVoice(e *evidence) onboarding.Judged {
	t, v := tone(e).Value, voice(e).Value
	if t == "" || v == "" {
		return none
	}
	name := cmp.Or(e.brandName(), "The text")
	return judged(name+" sounds "+t, "%s", v)
}

// brandValues are the value words of sections and sentences that state values.
func brandValues(e *evidence) []string {
	set, cues := e.set("values"), e.set("values_cues")
	t := textstat.NewTally()
	var order []string
	count := func(words []textstat.Word, page int) {
		for _, value := range set.Find(words) {
			if t.Count[value] == 0 {
				order = append(order, value)
			}
			t.Add(value, page)
		}
	}
	inside := e.valueSections()
	for i, ch := range e.c.Chunks {
		if inside[i] {
			count(ch.Words, ch.Page)
		}
	}
	for _, s := range e.c.Sentences {
		if !inside[s.Chunk] && len(cues.Find(s.Words)) > 0 {
			count(s.Words, s.Page)
		}
	}
	slices.SortStableFunc(order, func(a, b string) int { return cmp.Compare(t.Count[b], t.Count[a]) })
	return wording.First(order, 8)
}

// valueSections marks the blocks between a heading that announces values and the
// next heading.
func (e *evidence) valueSections() map[int]bool {
	headings := e.c.Lex["values_headings"]
	marked := map[int]bool{}
	inside := false
	for i, ch := range e.c.Chunks {
		switch {
		case ch.Kind == onboarding.BlockHeading:
			inside = headings[strings.ToLower(strings.Trim(ch.Text, " .:!?"))]
		case i > 0 && e.c.Chunks[i-1].Page != ch.Page:
			inside = false
		case inside:
			marked[i] = true
		}
	}
	return marked
}

// minDescription is the least length of a meaningful description, in characters.
const minDescription = 40

// positioning quotes the owner's own summary: the start page's description, else the
// slogan, else a sentence that says what it offers.
func positioning(e *evidence) onboarding.Judged {
	if stated := e.source().Description; utf8.RuneCountInString(stated) >= minDescription {
		return judged(quote(stated), "the user's description of the business")
	}
	if start := e.pages[0]; e.isSite() {
		switch {
		case utf8.RuneCountInString(start.Description) >= minDescription:
			return judged(quote(start.Description), "description of the start page")
		case len(textstat.SplitWords(e.tagline(), false)) >= 3:
			return judged(quote(e.tagline()), "slogan of the start page")
		}
	}
	if !isEnglish(e.c.Lang) {
		return none
	}
	for _, s := range e.c.Sentences {
		if len(s.Words) >= 6 && offers(s.Words) {
			return judged(quote(s.Text), "sentence in the text")
		}
	}
	return none
}

// offers reports whether a sentence says what "we" or "I" do for others.
func offers(words []textstat.Word) bool {
	for i := 0; i+1 < len(words) && i < 3; i++ {
		if w := words[i].Lower; w != "we" && w != "i" {
			continue
		}
		switch words[i+1].Lower {
		case "help", "offer", "provide", "make", "build", "specialize", "specialise", "design", "teach", "repair", "bake",
			"sell", "run", "serve", "support", "create":
			return true
		}
	}
	return false
}

// differentiation quotes the sentence that sets the owner apart from others.
func differentiation(e *evidence) onboarding.Judged {
	if hits := e.quotes("difference"); len(hits) > 0 {
		return plain(quote(hits[0].Text))
	}
	return none
}

const year = `\s+(?:18|19|20)\d\d\b`

// since matches statements of the owner's age: "founded in 1998", or "since
// 2011" at most eight words after "we" or "our", in several languages.
var since = regexp.MustCompile(`(?i)\b(?:established(?: in)?|founded in|est\.|opened in|family-run since|gegründet|fondée? en|fundada en|fondata nel|opgericht in|grundat|założona w)` + year +
	`|(?:^|[^\pL])(?:we|our|i|my|wir|unser\pL*|nous|notre|nos|nosotros|nuestr\pL+|noi|nostr\pL+|nós|noss\pL+|wij|onze|vi|vår\pL*|мы|наш\pL*)[^\pL](?:[^\s.!?]+\s+){0,8}?(?:since|seit|depuis|desde|dal|sinds|sedan|с)` + year)

// hasYear reports whether a text may have a year that since matches.
func hasYear(text string) bool {
	return strings.Contains(text, " 20") || strings.Contains(text, " 19") || strings.Contains(text, " 18")
}

// trustSignals are ratings, and sentences with proof by others, guarantees or age.
func trustSignals(e *evidence) []string {
	out := e.ratings()
	for _, s := range e.c.Sentences {
		if len(out) < 3 && hasYear(s.Text) && since.MatchString(s.Text) {
			out = append(out, quote(s.Text))
		}
	}
	hits := slices.DeleteFunc(e.quotes("trust"),
		func(h hit) bool { return len(h.Words) < 4 || e.kindOf(h.Sentence) == "legal" })
	return textstat.FirstDistinct(append(out, quoted(hits)...), 6)
}

// ratings reads aggregate ratings from the structured data: the owner's, and by name
// those of its offers. A rating of anything else is not the site's.
func (e *evidence) ratings() []string {
	var out []string
	for _, object := range e.data(true) {
		if text := rating(object); text != "" {
			out = append(out, text)
		}
	}
	for _, object := range e.data(false) {
		offered := slices.ContainsFunc(pagetype.Names(object["@type"]), func(t string) bool {
			return slices.Contains([]string{
				"product", "service", "course", "softwareapplication", "webapplication",
				"mobileapplication",
			}, t)
		})
		if text, name := rating(object), scalar(object["name"]); offered && text != "" && name != "" {
			out = append(out, quote(name)+" "+text)
		}
	}
	return out
}

// rating formats the aggregate rating of an object, "" when it has none.
func rating(object map[string]any) string {
	given, _ := object["aggregateRating"].(map[string]any)
	mean := scalar(given["ratingValue"])
	if mean == "" {
		return ""
	}
	text := "rated " + mean
	if count := cmp.Or(scalar(given["reviewCount"]), scalar(given["ratingCount"])); count != "" {
		text += " by " + count + " reviews"
	}
	return text + " (structured data)"
}

// scalar formats a string or number of structured data, "" for anything else.
func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return textstat.Excerpt(v)
	case float64:
		return wording.Number(v)
	}
	return ""
}

// authority quotes credentials, certificates, awards, memberships and research.
func authority(e *evidence) []string {
	var out []string
	if name := e.brandName(); strings.HasPrefix(name, "Dr. ") || strings.HasPrefix(name, "Dr ") ||
		strings.HasPrefix(name, "Prof. ") {
		out = append(out, fmt.Sprintf("the title in the name %s", quote(name)))
	}
	set := e.set("authority")
	hits := slices.DeleteFunc(e.sentencesWith(func(s textstat.Sentence) []string {
		return append(set.Find(s.Words), credentials.FindAllString(s.Text, -1)...)
	}), func(h hit) bool { return e.kindOf(h.Sentence) == "legal" })
	return append(out, quoted(hits)...)
}

// credentials matches training with the name of the trainer ("trained with Bosch")
// and levels of a qualification ("level three technician"): the words alone mean
// little.
var credentials = regexp.MustCompile(`\b(?:[Tt]rained|[Aa]pprenticed) (?:with|by|at|under) (?:the |an? )?\p{Lu}\pL+` +
	`|(?i:\blevel (?:one|two|three|four|five|six|seven|[1-7]) (?:\pL+ )?(?:technician|mechanic|trainer|instructor|coach|teacher|therapist|practitioner|engineer|electrician|nvq|qualification|diploma|certificate|award)s?\b)`)

// advantages quotes the sentences with promises that set the owner apart: guarantees,
// free or fast service, awards.
func advantages(e *evidence) []string {
	return quoted(slices.DeleteFunc(e.quotes("claims"), func(h hit) bool { return e.kindOf(h.Sentence) == "legal" }))
}
