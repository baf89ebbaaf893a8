package naming

import (
	"regexp"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/textstat"
)

// maxNameWords is the longest part of a title that can be a name.
const maxNameWords = 5

// titleName returns the last or first part of the titles that most pages share, in at
// least two different titles; "" when there is none. One title is not enough: neither
// part of "Book a visit | Contact us" is a name.
func (f Finder) titleName(pages []onboarding.Page) string {
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
			if 2*term.Pages > len(pages) && term.Pages > most && len(joined[term.Text]) >= 2 && f.canName(term.Text) {
				best, most = term.Text, term.Pages
			}
		}
	}
	return best
}

// canName reports whether a part of a title may be a name: it is short and names no
// kind of page ("Blog").
func (f Finder) canName(part string) bool {
	words := textstat.SplitWords(part, false)
	return len(words) <= maxNameWords && f.canClaim(part)
}

// isTrade reports whether a part of a title says no more than what the business does ("Corretor de Imóveis").
func (f Finder) isTrade(part string) bool {
	words := textstat.SplitWords(part, false)
	for _, list := range f.trades {
		rest := len(words)
		list.FindAt(words, func(_, at, end int) { rest -= end - at })
		for _, w := range words {
			if len([]rune(w.Lower)) <= maxParticle {
				rest--
			}
		}
		if rest <= 0 {
			return true
		}
	}
	return false
}

// maxParticle is the greatest length of words such as "of" and "und", in letters.
const maxParticle = 3

// townCode matches a postal code with the first word of the town behind it.
var townCode = regexp.MustCompile(`(?:^|[^\d])(?:\d{5}|[1-9]\d{3}|\d{5}-\d{3}) (\p{Lu}[\pL'’-]+)`)

// townsOf are the towns of the addresses that the pages show.
func townsOf(pages []onboarding.Page) textstat.WordSet {
	towns := textstat.WordSet{}
	for _, p := range pages {
		for _, address := range p.Contacts.Addresses {
			for _, match := range townCode.FindAllStringSubmatch(address, -1) {
				towns[strings.ToLower(match[1])] = true
			}
		}
	}
	return towns
}

// withoutTown is a part of a title without the town that is added for search engines ("Tischlerei Kosiek Lemgo"); two
// words must be left.
func withoutTown(part string, towns textstat.WordSet) string {
	words := strings.Fields(part)
	if len(words) > 2 && towns[strings.ToLower(words[len(words)-1])] {
		words = words[:len(words)-1]
	}
	return strings.Join(words, " ")
}
