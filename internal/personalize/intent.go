package personalize

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// The intents, in the order in which they win ties.
const (
	informational = "informational"
	transactional = "transactional"
	commercial    = "commercial"
	navigational  = "navigational"
)

// The weights of what has no share of the text.
const (
	// actionWeight is what calls to action count.
	actionWeight = 0.1
	// purposeWeight is what the stated purpose counts where no kinds of page are known.
	purposeWeight = 0.1
	// leastScore is the least score of an intent that is reported.
	leastScore = 0.05
)

// scores weighs each intent, with the observations behind it.
type scores struct {
	value    map[string]float64
	evidence map[string][]string
}

// add counts an observation; none for no intent or weight.
func (s scores) add(intent string, weight float64, evidence string) {
	if intent != "" && weight > 0 {
		s.value[intent] += weight
		s.evidence[intent] = append(s.evidence[intent], evidence)
	}
}

// intentOf weighs the site's text. An intent's score is the share of the words that
// stand on pages which serve it, and for informational the share of questions among the
// sentences; calls to action add 0.1 to what they ask for. Where no kinds of page are
// known, the stated purpose adds 0.1. The highest score of at least 0.05 wins.
func intentOf(a onboarding.Analysis, u *unknowns) onboarding.SearchIntent {
	s := scores{value: map[string]float64{}, evidence: map[string][]string{}}
	asked := askedIntent(a)
	scorePages(a, asked, s)
	if share := a.Measured.Syntax.QuestionShare; share != nil {
		s.add(informational, *share, fmt.Sprintf("%s of the sentences are questions.", percent(*share)))
	}
	s.add(asked, actionWeight,
		fmt.Sprintf("Most calls to action are of this kind: %s.", a.Style.ContentType.ConversionFocus.Label()))
	if len(a.Measured.PageTypes.Found) == 0 {
		scorePurpose(a.Style.ContentType.Purpose.Label(), s)
	}
	intent := ""
	for _, name := range []string{informational, transactional, commercial} {
		if s.value[name] >= leastScore && s.value[name] > s.value[intent] {
			intent = name
		}
	}
	if intent == "" && s.value[navigational] >= leastScore {
		intent = navigational // that people look for the owner helps no writer where there is more to say
	}
	const none = "Neither kinds of page nor questions nor calls to action show what people look for."
	unfocused := none
	if intent != "" {
		unfocused = "The text does not show what the intent is about."
	}
	const part = "keyword_analysis.search_intent."
	return onboarding.SearchIntent{
		Intent:   u.text(part+"intent", intent, none),
		Focus:    u.text(part+"focus", focusOf(a, intent), unfocused),
		Evidence: u.list(part+"evidence", s.evidence[intent], none),
	}
}

// scorePages adds the shares of the words by kind of page. Pages that offer something
// serve people who want to buy where the calls to action ask for it, else people who compare.
func scorePages(a onboarding.Analysis, asked string, s scores) {
	offer := commercial
	if asked == transactional {
		offer = transactional
	}
	total := 0
	for _, t := range a.Measured.PageTypes.Found {
		total += t.Words
	}
	for _, group := range []struct {
		intent string
		kinds  []string
		text   string
	}{
		{informational, []string{"blog", "docs", "faq", "post", "resources"}, "inform"},
		{offer, []string{"pricing", "products", "services"}, "offer something"},
		{transactional, []string{"events", "shop"}, "sell"},
		{commercial, []string{"case_studies", "portfolio", "testimonials"}, "show results"},
		{navigational, []string{"about", "careers", "contact", "team"}, "tell of the owner"},
	} {
		words, kinds := 0, []string{}
		for _, t := range a.Measured.PageTypes.Found {
			if slices.Contains(group.kinds, t.Type) && t.Words > 0 {
				words, kinds = words+t.Words, append(kinds, strings.ReplaceAll(t.Type, "_", " "))
			}
		}
		if words > 0 {
			share := float64(words) / float64(total)
			s.add(group.intent, share,
				fmt.Sprintf("%s of the words stand on pages that %s (%s).", percent(share), group.text, strings.Join(kinds, ", ")))
		}
	}
}

// askedIntent is the intent that the calls to action serve, or "".
func askedIntent(a onboarding.Analysis) string {
	focus := strings.ToLower(a.Style.ContentType.ConversionFocus.Label())
	for _, group := range []struct {
		intent string
		words  []string
	}{
		{transactional, []string{
			"purchase", "buy", "order", "booking", "book ", "donat", "sign up", "sign-up", "subscri",
			"download", "sale",
		}},
		{commercial, []string{"contact", "lead", "quote", "enquir", "inquir", "consult"}},
		{informational, []string{"learn more", "read"}},
	} {
		if slices.ContainsFunc(group.words, func(word string) bool { return strings.Contains(focus+" ", word) }) {
			return group.intent
		}
	}
	return ""
}

func scorePurpose(purpose string, s scores) {
	lower, evidence := strings.ToLower(purpose), fmt.Sprintf("The purpose of the texts is %s.", purpose)
	for _, group := range []struct {
		intent string
		words  []string
	}{
		{informational, []string{"inform", "educat", "teach", "explain"}},
		{commercial, []string{"promot", "convinc", "persua", "market"}},
		{transactional, []string{"sell", "sales"}},
	} {
		if slices.ContainsFunc(group.words, func(word string) bool { return strings.Contains(lower, word) }) {
			s.add(group.intent, purposeWeight, evidence)
		}
	}
}

// focusOf is what the intent is about, in the site's own terms: its largest topics, else
// the action that it asks for or the kind of its content; or its owner.
func focusOf(a onboarding.Analysis, intent string) string {
	topics := strings.Join(a.Measured.TopicNames(3), ", ")
	switch intent {
	case informational:
		return topics
	case transactional, commercial:
		return cmp.Or(topics, a.Style.ContentType.ConversionFocus.Label(), a.Style.ContentType.PrimaryType.Label())
	case navigational:
		if name := a.Crawl.Content.BrandInfo.CompanyName; name != nil {
			return *name
		}
		return a.Crawl.Content.DomainInfo.Domain
	}
	return ""
}

func percent(share float64) string { return fmt.Sprintf("%d%%", int(math.Round(100*share))) }
