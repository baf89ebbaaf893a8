package style

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/textstat"
)

// thinPageWords is the number of words below which a page is thin.
const thinPageWords = 100

func checkActions(e *evidence) finding {
	without := e.pagesWithoutAction()
	switch {
	case len(e.actions) == 0:
		return bad("No page asks the reader to do something.", "End each page with one call to action.")
	case len(without)*2 > len(e.pages):
		f := e.badPages(without, "{of} have no call to action: {paths}.",
			"Add a call to action such as {action} to {paths}.")
		f.fix = strings.Replace(f.fix, "{action}", quote(e.actions[0].text), 1) // last: it may hold braces itself
		return f
	}
	return good("Clear calls to action, such as "+quote(e.actions[0].text)+".", "End each page with a call to action.")
}

// pagesWithoutAction returns the pages without a call to action, except contact and
// legal pages, which need none.
func (e *evidence) pagesWithoutAction() []string {
	return e.pagesWhere(func(i int, p onboarding.Page) bool {
		return e.kinds[i] != "contact" && e.kinds[i] != "legal" && !e.a.hasAction(p)
	})
}

// checkThin checks the fully measured pages: lengths in different languages can't be
// compared.
func checkThin(e *evidence) finding {
	whole, words := 0, 0
	thin := e.pagesWhere(func(i int, _ onboarding.Page) bool {
		if !e.isWhole(i) {
			return false
		}
		whole++
		words += e.words[i]
		return e.words[i] < thinPageWords && e.kinds[i] != "contact" && e.kinds[i] != "legal" && e.kinds[i] != "blog"
	})
	if len(thin) > 0 || whole == 0 {
		return e.badPages(thin, fmt.Sprintf("{n} with fewer than %d words: {paths}.", thinPageWords),
			"Write more on {paths}, or merge them.")
	}
	strength := fmt.Sprintf("Every page has something to read (%d words on average).", words/whole)
	if whole < len(e.pages) {
		strength = fmt.Sprintf("Every fully measured page has something to read (%d of %d, %d words on average).",
			whole, len(e.pages), words/whole)
	}
	return good(strength, "Give each page at least 300 words.")
}

// checkFiller finds the placeholder text of templates.
func checkFiller(e *evidence) finding {
	return e.badPages(e.fillerPages(), "Placeholder text is visible on {paths}.",
		"Replace the placeholder text on {paths}.")
}

func (e *evidence) fillerPages() []string {
	shown := map[int]bool{}
	for _, ch := range e.c.Chunks {
		if len(e.a.filler.Find(ch.Words)) > 0 {
			shown[ch.Page] = true
		}
	}
	return e.pagesWhere(func(i int, p onboarding.Page) bool {
		return shown[i] || e.latinOn[i] || slices.ContainsFunc(p.CallsToAction, func(l onboarding.Link) bool {
			return len(e.a.filler.Find(textstat.SplitWords(l.Text, false))) > 0
		})
	})
}

// checkCut finds posts whose text ends in an ellipsis: excerpts instead of full texts.
func checkCut(e *evidence) finding {
	last := map[int]string{}
	for _, ch := range e.c.Chunks {
		if ch.Kind == onboarding.BlockParagraph && len(ch.Words) >= textstat.MinItemWords {
			last[ch.Page] = ch.Text
		}
	}
	cut := e.pagesWhere(func(i int, _ onboarding.Page) bool {
		text := strings.TrimRight(last[i], " ]»”\"")
		return e.isWhole(i) && e.kinds[i] != "home" && e.kinds[i] != "blog" &&
			(strings.HasSuffix(text, "…") || strings.HasSuffix(text, "..."))
	})
	return e.badPages(cut, "The text of {n} breaks off (…): {paths}.", "Publish the full text of {paths}.")
}

// checkRepeats finds pages that mostly repeat the text of another page.
func checkRepeats(e *evidence) finding {
	fresh, prose := make([]int, len(e.pages)), make([]int, len(e.pages))
	for _, ch := range e.c.Chunks {
		fresh[ch.Page] += ch.Prose
		if ch.Kind == onboarding.BlockParagraph {
			prose[ch.Page] += len(ch.Words)
		}
	}
	repeats := e.pagesWhere(func(i int, _ onboarding.Page) bool {
		return prose[i] >= textstat.MinPageWords &&
			2*fresh[i] < prose[i]
	})
	return e.badPages(repeats, "{n} with mostly the text of another page: {paths}.", "Rewrite or remove {paths}.")
}

// PathOf is the path of an address, which names a page within its site.
func PathOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Path == "" {
		return "/"
	}
	return u.Path
}
