package personalize

import (
	_ "embed" // vague.txt
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/wording"
)

const maxKeywords = 15

func keywordsOf(a onboarding.Analysis, u *unknowns) onboarding.InputsKeywords {
	var keywords []string
	for _, k := range a.Measured.Keywords {
		if highValue(a, k) && !vague[strings.ToLower(k.Text)] {
			keywords = append(keywords, k.Text)
		}
	}
	const part = "keyword_analysis."
	return onboarding.InputsKeywords{
		HighValueKeywords: u.list(part+"high_value_keywords", wording.First(unique(keywords), maxKeywords),
			u.why("measurements.keywords", "No keyword stands in a title or heading and on several pages.")),
		ContentTopics: u.list(part+"content_topics", unique(slices.DeleteFunc(a.Measured.TopicNames(len(a.Measured.Topics)),
			func(name string) bool { return vague[strings.ToLower(name)] })),
			u.why("measurements.topics", "No group of keywords occurs together often enough.")),
		SearchIntent: intentOf(a, u),
	}
}

//go:embed vague.txt
var vagueWords string

// vague are words of any business's site, which say nothing in a prompt.
var vague = wordsOf(vagueWords)

func wordsOf(list string) map[string]bool {
	words := map[string]bool{}
	for word := range strings.FieldsSeq(list) {
		words[word] = true
	}
	return words
}

// highValue reports whether the site works for a keyword already: it stands in titles
// or headings and on two pages and more than a quarter of them; where one page was
// read, twice in its text. A text without titles shows it by three occurrences.
func highValue(a onboarding.Analysis, k onboarding.Keyword) bool {
	switch {
	case !titled(a):
		return k.Count >= 3
	case a.Measured.Pages < 2:
		return k.InTitles > 0 && k.Count >= 2
	}
	return k.InTitles > 0 && k.Pages >= 2 && !onFewPages(a, k)
}

func onFewPages(a onboarding.Analysis, k onboarding.Keyword) bool {
	return k.Pages*4 <= a.Measured.Pages
}

// titled reports whether a page that was read has a title.
func titled(a onboarding.Analysis) bool {
	return slices.ContainsFunc(a.Crawl.Pages, func(p onboarding.CrawledPage) bool { return p.Title != "" })
}

// targetKeywords are keywords that the text uses and the site does not work for: in no
// title or heading, or on at most a quarter of the pages; best first.
func targetKeywords(a onboarding.Analysis) onboarding.List {
	var out []string
	for _, k := range a.Measured.Keywords {
		if titled(a) && !highValue(a, k) && (k.InTitles == 0 || onFewPages(a, k)) {
			out = append(out, k.Text)
		}
	}
	return unique(out)
}
