package style

import (
	"slices"

	"github.com/alwrity/onboarding/internal/onboarding"
	voices "github.com/alwrity/onboarding/internal/voice"
)

// notOwn are the types of pages whose text is not in the owner's voice.
var notOwn = []string{"legal", "testimonials"}

// voiceOf measures the voice of the pages that the owner wrote, in the main language; of legal pages only where there
// are no others.
func (e *evidence) voiceOf() *onboarding.Voice {
	var own, all []voices.Page
	for i, p := range e.pages {
		if _, foreign := e.foreign[i]; foreign {
			continue
		}
		page := voices.Page{URL: p.URL, Blocks: p.Blocks}
		all = append(all, page)
		if !slices.Contains(notOwn, e.kinds[i]) {
			own = append(own, page)
		}
	}
	names := displayNames(e.pages)
	if v := voices.Shared().Read(e.m.Language.Code, own, names); v != nil {
		return v
	}
	return voices.Shared().Read(e.m.Language.Code, all, names)
}

// displayNames are the owner's names as the pages write them, each once.
func displayNames(pages []onboarding.Page) []string {
	var names []string
	for _, p := range pages {
		if p.Brand.Name != "" && !slices.Contains(names, p.Brand.Name) {
			names = append(names, p.Brand.Name)
		}
	}
	return names
}
