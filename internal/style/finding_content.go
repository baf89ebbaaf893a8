package style

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/textstat"
	"github.com/alwrity/onboarding/internal/wording"
)

// thinPageWords is the number of words below which a page is thin.
const thinPageWords = 100

func checkActions(e *evidence) []finding {
	without := e.pagesWithoutAction()
	switch {
	case len(e.actions) == 0:
		return bad("No page asks the reader to do something.", "End each page with one call to action.")
	case len(without)*2 > len(e.pages):
		return bad(fmt.Sprintf("%d of %s have no call to action: %s.", len(without), wording.Plural(len(e.pages), "page"), listPages(without)),
			fmt.Sprintf("Add a call to action such as %s to %s.", quote(e.actions[0].text), listPages(without)))
	}
	return good(fmt.Sprintf("Clear calls to action, such as %s.", quote(e.actions[0].text)), "End each page with a call to action.")
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
func checkThin(e *evidence) []finding {
	whole, words := 0, 0
	thin := e.pagesWhere(func(i int, _ onboarding.Page) bool {
		if !e.isWhole(i) {
			return false
		}
		whole++
		words += e.words[i]
		return e.words[i] < thinPageWords && e.kinds[i] != "contact" && e.kinds[i] != "legal" && e.kinds[i] != "blog"
	})
	switch {
	case whole == 0:
		return nil
	case len(thin) == 0 && whole < len(e.pages):
		return good(fmt.Sprintf("Every fully measured page has something to read (%d of %d, %d words on average).", whole, len(e.pages), words/whole), "Give each page at least 300 words.")
	case len(thin) == 0:
		return good(fmt.Sprintf("Every page has something to read (%d words on average).", words/whole), "Give each page at least 300 words.")
	}
	return bad(fmt.Sprintf("%s with fewer than %d words: %s.", wording.Plural(len(thin), "page"), thinPageWords, listPages(thin)), fmt.Sprintf("Write more on %s, or merge them.", listPages(thin)))
}

// checkFiller finds the placeholder text of templates.
func checkFiller(e *evidence) []finding {
	filler := e.fillerPages()
	if len(filler) == 0 {
		return nil
	}
	return bad(fmt.Sprintf("Placeholder text is visible on %s.", listPages(filler)), fmt.Sprintf("Replace the placeholder text on %s.", listPages(filler)))
}

func (e *evidence) fillerPages() []string {
	shown := map[int]bool{}
	for _, ch := range e.c.Chunks {
		if len(e.a.filler.Find(ch.Words)) > 0 {
			shown[ch.Page] = true
		}
	}
	return e.pagesWhere(func(i int, p onboarding.Page) bool {
		for _, l := range p.CallsToAction {
			if len(e.a.filler.Find(textstat.SplitWords(l.Text, false))) > 0 {
				return true
			}
		}
		return shown[i]
	})
}

// checkCut finds posts whose text ends in an ellipsis: excerpts instead of full texts.
func checkCut(e *evidence) []finding {
	cut := e.cutPages()
	if len(cut) == 0 {
		return nil
	}
	return bad(fmt.Sprintf("The text of %s breaks off (…): %s.", wording.Plural(len(cut), "page"), listPages(cut)), fmt.Sprintf("Publish the full text of %s.", listPages(cut)))
}

func (e *evidence) cutPages() []string {
	last := map[int]string{}
	for _, ch := range e.c.Chunks {
		if ch.Kind == onboarding.BlockParagraph && len(ch.Words) >= textstat.MinItemWords {
			last[ch.Page] = ch.Text
		}
	}
	return e.pagesWhere(func(i int, _ onboarding.Page) bool {
		text := strings.TrimRight(last[i], " ]»”\"")
		return e.isWhole(i) && e.kinds[i] != "home" && e.kinds[i] != "blog" && (strings.HasSuffix(text, "…") || strings.HasSuffix(text, "..."))
	})
}

// checkRepeats finds pages that mostly repeat the text of another page.
func checkRepeats(e *evidence) []finding {
	fresh := make([]int, len(e.pages))
	prose := make([]int, len(e.pages))
	for _, ch := range e.c.Chunks {
		fresh[ch.Page] += ch.Prose
		if ch.Kind == onboarding.BlockParagraph {
			prose[ch.Page] += len(ch.Words)
		}
	}
	repeats := e.pagesWhere(func(i int, _ onboarding.Page) bool { return prose[i] >= textstat.MinPageWords && 2*fresh[i] < prose[i] })
	if len(repeats) == 0 {
		return nil
	}
	return bad(fmt.Sprintf("%s mostly the text of another page: %s.", wording.Plural(len(repeats), "page")+" with", listPages(repeats)), fmt.Sprintf("Rewrite or remove %s.", listPages(repeats)))
}

// pathOf is the path of an address, which names a page within its site.
func pathOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Path == "" {
		return "/"
	}
	return u.Path
}
