package webpage

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// Three paragraphs, each enough for a page.
const (
	bread = "We bake our bread on a stone floor before the town wakes up. My grandfather built the oven in the " +
		"spring after the flood, and he did not trust bakers who sleep through the night."
	crust = "People often ask us why the crust is so dark. The answer is that a dark crust keeps the crumb moist " +
		"for three days, which you can taste when you toast the last slice."
	flour = "We buy our flour from two farms along the river. Both farmers still clean the grain by hand and mill " +
		"it slowly, which costs more and is worth it."
)

// textOf digests a page and returns its main text; "" when it has none.
func textOf(t *testing.T, body string) string {
	t.Helper()
	page, err := Digest(t.Context(), []byte("<!doctype html><html lang=en><title>A bakery</title>"+body),
		"text/html; charset=utf-8", mustURL(t, "https://bakery.example/"))
	if err != nil {
		requireFailure(t, err)
	}
	return page.Text()
}

// readingCase is a page, what its main text must hold, and what it must not.
type readingCase struct {
	body      string
	want, not []string
}

func testReading(t *testing.T, cases map[string]readingCase) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := textOf(t, c.body)
			for _, want := range c.want {
				assert.Contains(t, text, want)
			}
			for _, not := range c.not {
				assert.NotContains(t, text, not)
			}
		})
	}
}

func paragraphs(texts ...string) string { return "<p>" + strings.Join(texts, "</p><p>") + "</p>" }

func TestTextBehindScriptsIsRead(t *testing.T) {
	t.Parallel()
	main := "<main><h1>Hadley Bakery</h1>" + paragraphs(bread, crust, flour) + "</main>"
	all := []string{bread, crust, flour}
	shell := "<header><a href=/>Home</a></header><p>Loading, please wait a moment</p><footer>© 2026 Hadley Bakery</footer>"
	cases := map[string]readingCase{
		"hidden noscript in the body": {body: "<div id=app></div><noscript>" + main + "</noscript>", want: all},
		"streamed by React": {
			body: shell + `<template id="B:0"></template><div hidden id="S:0">` + main + `</div><script>$RC("B:0","S:0")</script>`,
			want: all,
		},
		"streamed, in its place": {
			body: "<p>" + flour + `</p><template id="B:1"></template>` + paragraphs(crust, crust) + `<div hidden id="S:1"><p>` +
				bread + `</p><template id="P:a"></template></div><div hidden id="S:a"><p>Third of the parts.</p></div>`,
			want: []string{flour + "\n\n" + bread + "\n\nThird of the parts.\n\n" + crust},
		},
		"streamed, without its template": {body: shell + `<div hidden id="x-S:3f">` + main + `</div>`, want: all},
	}
	for name, attrs := range map[string]string{
		"visibility": `style="visibility:hidden"`, "display": `style="margin:0; display : none"`, "hidden": "hidden",
		"aria-hidden": `aria-hidden="true"`, "opacity": `style="opacity:0"`,
		"class": `class="no-js js-loading"`,
	} {
		cases["body, "+name] = readingCase{body: "<body " + attrs + ">" + main, want: all}
		cases["root, "+name] = readingCase{body: "<body>" + shell + "<div id=root " + attrs + ">" + main + "</div>", want: all}
		cases["sections, "+name] = readingCase{
			body: shell + "<section " + attrs + ">" + strings.Join([]string{bread, crust, flour}, "</section><section "+attrs+">"),
			want: all,
		}
	}
	cases["hidden twice"] = readingCase{
		body: `<body hidden><p>Hadley</p><div style="display:none"><noscript>` + main + "</noscript></div>", want: all,
	}
	cases["hidden with panels"] = readingCase{
		body: `<body hidden><h2>Bread</h2><div hidden>` + paragraphs(bread) + "</div><h2>Crust</h2><div hidden>" + paragraphs(crust) +
			"</div><h2>Flour</h2><div hidden>" + paragraphs(flour) + "</div>",
		want: all,
	}
	cases["body, by a style element"] = readingCase{
		body: "<style>body{visibility:hidden}</style><noscript><style>body{visibility:visible}</style></noscript>" + main,
		want: all,
	}
	testReading(t, cases)
}

// A page that scripts build may hold its text as structured data only.
func TestTextOfStructuredDataIsReadWhereThereIsNoOther(t *testing.T) {
	t.Parallel()
	data := func(object string) string { return `<script type="application/ld+json">` + object + `</script>` }
	article := data(`{"@type":"Article","headline":"Bread","articleBody":"` + bread + `\n\n` + crust + `"}`)
	testReading(t, map[string]readingCase{
		"an article": {body: "<div id=app></div>" + article, want: []string{"Bread\n\n" + bread + "\n\n" + crust}},
		"products": {
			body: data(`[{"@type":"Product","name":"Rye","description":"<p>` + bread + `</p>"},{"@type":"WebSite","description":"` + flour +
				`"},{"@type":"Product","name":"Oat","description":"` + crust + `"}]`),
			want: []string{"Rye\n\n" + bread + "\n\nOat\n\n" + crust}, not: []string{flour},
		},
		"beside text": {body: "<main>" + paragraphs(flour, flour) + "</main>" + article, want: []string{flour}, not: []string{bread}},
	})
}

func TestShadowTreesAreRead(t *testing.T) {
	t.Parallel()
	shadow := func(inner string) string { return "<template shadowrootmode=open>" + inner + "</template>" }
	testReading(t, map[string]readingCase{
		"whole text": {
			body: "<x-app>" + shadow("<style>p{color:red}</style><main>"+paragraphs(bread, crust)+"</main>") + "</x-app>",
			want: []string{bread, crust},
		},
		"slots": {
			body: "<x-page>" + shadow(`<p>`+bread+`</p><slot name="more"><p>None</p></slot><div><slot></slot></div>`) +
				`<p>` + flour + `</p><p slot="more">` + crust + `</p></x-page>`,
			want: []string{bread + "\n\n" + crust + "\n\n" + flour}, not: []string{"None"},
		},
		"text of an empty slot": {
			body: "<x-page>" + shadow("<p>"+bread+"</p><slot><p>"+crust+"</p></slot>") + "</x-page>",
			want: []string{bread, crust},
		},
		"nested, with a slot handed on": {
			body: "<x-out>" + shadow("<x-in>"+shadow("<p>"+crust+"</p><slot></slot>")+"<slot></slot></x-in>") +
				"<p>" + flour + "</p></x-out><p>" + bread + "</p>",
			want: []string{crust + "\n\n" + flour + "\n\n" + bread},
		},
		"two templates": {
			body: "<x-a>" + shadow("<p>"+bread+"</p>") + shadow("<p>"+crust+"</p>") + "</x-a><p>" + flour,
			want: []string{bread, flour}, not: []string{crust},
		},
	})
}

func TestPanelsAreRead(t *testing.T) {
	t.Parallel()
	page := func(panel string) string {
		return "<nav><button aria-controls=menu>Menu</button></nav><main><h1>Bread</h1>" + paragraphs(bread, bread, flour, flour) +
			panel + "</main>"
	}
	cases := map[string]readingCase{}
	for name, panel := range map[string]string{
		"tabs":                  `<div role=tablist><button role=tab>Crust</button></div><div role=tabpanel hidden>%s</div>`,
		"controlled":            `<button aria-controls="x1">Crust?</button><hr><div id=x1 style="display:none">%s</div>`,
		"linked":                `<ul><li><a href="#x2">Crust</a></ul><div id=x2 aria-hidden=true>%s</div>`,
		"bootstrap":             `<a data-bs-target="#x3">Crust</a><hr><div id=x3 hidden>%s</div>`,
		"labelled":              `<p>Why?</p><div class="faq__answer" style="display: none">%s</div>`,
		"region":                `<div role=region aria-labelledby=x4 aria-hidden=true>%s</div>`,
		"under a heading":       `<h3>Why?</h3><div class=content aria-hidden=true>%s</div>`,
		"under a button inside": `<div><span><button>Why?</button></span></div><div style="visibility:hidden">%s</div>`,
		"slide":                 `<div class="slick-slide" aria-hidden=true>%s</div>`,
	} {
		cases[name] = readingCase{body: page(strings.ReplaceAll(panel, "%s", "<p>"+crust+"</p>")), want: []string{bread, crust}}
	}
	for name, panel := range map[string]string{
		"of the menu":   `<div id=menu hidden>%s</div>`,
		"copied slide":  `<div class="slick-slide slick-cloned" aria-hidden=true>%s</div>`,
		"of choices":    `<h3>Filter</h3><div hidden><input type=checkbox><input type=checkbox><input>%s</div>`,
		"of links":      `<button>More</button><div hidden><a href=/x>%s</a></div>`,
		"of a dialog":   `<button aria-controls=x5 aria-haspopup=dialog>Size</button><hr><div id=x5 hidden>%s</div>`,
		"in the footer": `<footer><h3>About</h3><div hidden>%s</div></footer>`,
	} {
		cases[name] = readingCase{
			body: page(strings.ReplaceAll(panel, "%s", "<p>"+crust+"</p>")), want: []string{bread}, not: []string{crust},
		}
	}
	testReading(t, cases)
}

func TestWhatStaysHidden(t *testing.T) {
	t.Parallel()
	visible := "<main>" + paragraphs(bread, crust, flour) + "</main>"
	secret := "The fax number of the office is only for the staff who print the labels in the morning."
	cases := map[string]readingCase{
		"a message": {
			body: "<p>Home of good bread.</p><noscript>You need to enable JavaScript to run this app and to see the bread that " +
				"we bake. Please change the settings of your browser, or try another one.</noscript>",
			not: []string{"enable"},
		},
		"a message and an image": {
			body: visible + `<noscript><img height=1 width=1 src="https://t.example/1"><p>` + secret + `</p></noscript>`,
			want: []string{bread}, not: []string{"fax"},
		},
		"a dialog": {
			body: "<p>" + bread + "</p><dialog hidden>" + paragraphs(secret, secret, secret, secret) + "</dialog>",
			want: []string{bread}, not: []string{"fax"},
		},
		"a pattern": {
			body: "<p>Home of good bread in the old town.</p><template><p>{{name}} says: " + secret + secret + "</p></template>",
			not:  []string{"fax"},
		},
	}
	for name, element := range map[string]string{
		"hidden": "div hidden", "style": `div style="display:none"`, "template": "template", "noscript": "noscript",
	} {
		cases["beside text, "+name] = readingCase{
			body: visible + "<" + element + "><p>" + secret + "</p></" + strings.Fields(element)[0] + ">",
			want: []string{bread, crust, flour}, not: []string{"fax"},
		}
	}
	for _, overlay := range []string{"class=modal", "id=mobile-menu", "role=dialog", "class=newsletterPopup"} {
		cases["overlay, "+overlay] = readingCase{
			body: "<p>" + bread + "</p><div hidden " + overlay + ">" + paragraphs(secret, secret, secret, secret) + "</div>",
			want: []string{bread}, not: []string{"fax"},
		}
	}
	testReading(t, cases)
}

// A noscript element adds no images, links or headings of its own.
func TestNoscriptBesideTextAddsNothing(t *testing.T) {
	t.Parallel()
	body := "<main>" + paragraphs(bread, crust, flour) + `</main><noscript><h2>No scripts</h2><a href=/x>x</a>` +
		`<img src="https://t.example/pixel"></noscript>`
	page, err := Digest(t.Context(), []byte(body), "text/html", mustURL(t, "https://bakery.example/"))
	require.NoError(t, err)
	assert.Empty(t, page.Headings)
	assert.Empty(t, page.Links)
	assert.Empty(t, page.Images)
}

// Fragments that are put into each other make a tree that is deeper than any page.
func TestDeepCompositions(t *testing.T) {
	t.Parallel()
	var parts strings.Builder
	const deep = 200
	for i := range 300 {
		fmt.Fprintf(&parts, `<div hidden id="S:%x">%s<template id="B:%x"></template>%s</div>`, i,
			strings.Repeat("<div>", deep), i+1, strings.Repeat("</div>", deep))
	}
	hosts := strings.Repeat("<x-a><template shadowrootmode=open>"+strings.Repeat("<div>", 250)+"<slot></slot>"+
		strings.Repeat("</div>", 250)+"</template>", 100)
	for name, body := range map[string]string{"parts": parts.String(), "hosts": hosts} {
		_, err := digestIn(t, body)
		var failure *onboarding.Failure
		require.ErrorAs(t, err, &failure, name)
		assert.Equal(t, onboarding.FailureTooComplex, failure.Code, name)
	}
}
