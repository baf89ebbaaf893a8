package style

import (
	"regexp"
	"slices"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// latin matches the placeholder text of templates that is no language's.
var latin = regexp.MustCompile(`(?i)lorem ipsum|dolor sit amet|consectetur adipi`)

// withoutLatin returns the pages without blocks of placeholder text, and which pages had one.
func withoutLatin(pages []onboarding.Page) ([]onboarding.Page, map[int]bool) {
	had, kept := map[int]bool{}, slices.Clone(pages)
	isLatin := func(b onboarding.Block) bool { return latin.MatchString(b.Text) }
	for i, p := range pages {
		if slices.ContainsFunc(p.Blocks, isLatin) {
			had[i] = true
			kept[i].Blocks = slices.DeleteFunc(slices.Clone(p.Blocks), isLatin)
		}
	}
	return kept, had
}
