package style

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/textstat"
	"github.com/alwrity/onboarding/internal/wording"
)

// finding is the result of one check of how well a site is made: a strength with
// advice to keep it, or a weakness with advice to remedy it.
type finding struct {
	strength, keep string
	weakness, fix  string
}

func good(strength, keep string) finding { return finding{strength: strength, keep: keep} }
func bad(weakness, fix string) finding   { return finding{weakness: weakness, fix: fix} }

// badPages is a weakness of some pages, none without pages. In both texts {n} stands for their number ("2 pages"),
// {of} for their share ("2 of 3 pages") and {paths} for their paths.
func (e *evidence) badPages(paths []string, weakness, fix string) finding {
	if len(paths) == 0 {
		return finding{}
	}
	fill := strings.NewReplacer("{n}", wording.Plural(len(paths), "page"), "{paths}", listPages(paths),
		"{of}", fmt.Sprintf("%d of %s", len(paths), wording.Plural(len(e.pages), "page")))
	return bad(fill.Replace(weakness), fill.Replace(fix))
}

// findAll runs every check. Those of pages run on websites only.
func findAll(e *evidence) []finding {
	checks := []func(*evidence) finding{checkReading, checkPassive, checkAddress}
	if e.isSite() {
		checks = append(checks, checkDescriptions, checkTitles, checkHeadings, checkImages, checkStructuredData,
			checkContact, checkActions, checkThin, checkFiller, checkCut, checkRepeats)
	}
	var out []finding
	for _, check := range checks {
		out = append(out, check(e))
	}
	return out
}

// checkReading checks readability: a grade up to 10 or a LIX up to 45 is easy for
// general readers.
func checkReading(e *evidence) finding {
	r := e.m.Readability
	switch grade := r.FleschKincaidGrade; {
	case grade != nil && *grade <= 9:
		return good("Easy to read: Flesch-Kincaid grade "+wording.Number(*grade)+".",
			"Keep the text at grade "+wording.Number(max(*grade, 8))+" or below.")
	case grade != nil && *grade > 12:
		return bad("Hard to read: Flesch-Kincaid grade "+wording.Number(*grade)+".",
			"Shorten the sentences (mean "+wording.Number(e.m.SentenceWords.Mean)+" words) and use shorter words.")
	case grade == nil && r.LIX != nil && *r.LIX < 40:
		return good(fmt.Sprintf("Easy to read: LIX %.0f.", *r.LIX), "Keep the sentences and words as short as they are.")
	case grade == nil && r.LIX != nil && *r.LIX >= 55:
		return bad(fmt.Sprintf("Hard to read: LIX %.0f.", *r.LIX),
			"Shorten the sentences (mean "+wording.Number(e.m.SentenceWords.Mean)+" words).")
	}
	return finding{}
}

func checkPassive(e *evidence) finding {
	share := e.m.Syntax.PassiveShare
	switch {
	case share == nil || e.m.Sentences < 10:
		return finding{}
	case *share <= 0.1:
		return good("Active voice: only "+wording.Percent(*share)+" of the sentences are passive.", "Say who does what.")
	case *share > 0.25:
		return bad(wording.Percent(*share)+" of the sentences are passive.", "Turn passive sentences into active ones.")
	}
	return finding{}
}

func checkAddress(e *evidence) finding {
	second := textstat.OrZero(e.m.Person.Second)
	if second < 0.02 {
		return finding{}
	}
	return good("Speaks to the reader: "+wording.Percent(second)+
		" of the words address them.", "Address the reader directly.")
}

// pagesWhere returns the paths of the pages for which test returns true.
func (e *evidence) pagesWhere(test func(i int, p onboarding.Page) bool) []string {
	var paths []string
	for i, p := range e.pages {
		if test(i, p) {
			paths = append(paths, PathOf(p.URL))
		}
	}
	return paths
}

// listPages lists up to three pages and the number of the others.
func listPages(paths []string) string {
	if len(paths) <= 3 {
		return strings.Join(paths, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(paths[:3], ", "), len(paths)-3)
}

func checkDescriptions(e *evidence) finding {
	missing := e.pagesWhere(func(_ int, p onboarding.Page) bool { return p.Description == "" })
	if len(missing) == 0 {
		return good(fmt.Sprintf("Every page has a meta description (%[1]d of %[1]d).", len(e.pages)),
			"Write a meta description for each new page.")
	}
	return e.badPages(missing, "{of} have no meta description: {paths}.",
		"Write a meta description of 70 to 160 characters for {paths}.")
}

func checkTitles(e *evidence) finding {
	seen := map[string]int{}
	for _, p := range e.pages {
		seen[p.Title]++
	}
	repeated := e.pagesWhere(func(_ int, p onboarding.Page) bool { return seen[p.Title] > 1 })
	if len(repeated) > 0 {
		return e.badPages(repeated, "{n} share the title of another page: {paths}.", "Give {paths} titles of their own.")
	}
	long := e.pagesWhere(func(_ int, p onboarding.Page) bool { return len([]rune(p.Title)) > 65 })
	return e.badPages(long, "{n} with a title that search results cut (over 65 characters): {paths}.",
		"Shorten the titles of {paths} to 65 characters.")
}

func checkHeadings(e *evidence) finding {
	wrong := e.pagesWhere(func(_ int, p onboarding.Page) bool { return p.Structure.Headings[0] != 1 })
	if len(wrong) == 0 {
		return good("Every page has exactly one main heading.", "Give each page one h1 that says what it is about.")
	}
	return e.badPages(wrong, "{n} without exactly one main heading: {paths}.", "Give {paths} one h1 each.")
}

func checkImages(e *evidence) finding {
	v := e.m.Visuals
	switch silent := v.Images - v.Described; {
	case v.Images == 0:
		return bad("No images on "+wording.Plural(len(e.pages), "page")+
			".", "Show the people, the place or the work in pictures.")
	case silent*3 >= v.Images:
		return bad(fmt.Sprintf("%d of %s have no text alternative.", silent, wording.Plural(v.Images, "image")),
			"Describe each image in its alt text.")
	case silent == 0 && v.Images >= 3:
		return good(fmt.Sprintf("All %d images have a text alternative.", v.Images), "Describe each image in its alt text.")
	}
	return finding{}
}

func checkStructuredData(e *evidence) finding {
	with := e.pagesWhere(func(_ int, p onboarding.Page) bool { return len(p.JSONLD) > 0 })
	if len(with) == 0 {
		return bad("No page has structured data.", "Describe the business with schema.org structured data.")
	}
	return good("Structured data on "+wording.Plural(len(with), "page")+
		".", "Add schema.org data of the fitting type to new pages.")
}

func checkContact(e *evidence) finding {
	shown := slices.ContainsFunc(e.pages, func(p onboarding.Page) bool {
		return len(p.Contacts.Emails)+len(p.Contacts.Phones)+len(p.Contacts.Addresses) > 0
	})
	switch {
	case shown:
		return good("Contact details are shown.", "Show the contact details on every page.")
	case e.pagesIn("contact") > 0, slices.Contains(e.m.PageTypes.Linked, "contact"):
		return bad("No e-mail address, telephone number or postal address on the pages read.",
			"Show a telephone number or an e-mail address beside the contact form.")
	}
	return bad("No contact page and no contact details on the pages read.", "Add a contact page.")
}
