package webpage

import (
	"cmp"
	"encoding/json"
	"html"
	"regexp"
	"slices"
	"strings"

	"github.com/go-shiori/dom"
	"golang.org/x/net/html/atom"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// Limits of the structured data of one page.
const (
	maxScripts    = 30
	maxScriptSize = 512 << 10
	maxThings     = 60
	maxThingSize  = 16 << 10
	maxThingsSize = 128 << 10
	maxThingDepth = 12
	maxThingText  = 2000
)

// thing is one JSON-LD object.
type thing map[string]any

// things reads the JSON-LD of a page leniently: it accepts comment and CDATA marks,
// raw line breaks and a final semicolon, and skips other broken scripts. It never
// loads a remote context.
func things(doc *document) []thing {
	var found []thing
	scripts := 0
	for _, e := range doc.elements {
		if e.DataAtom != atom.Script || !strings.Contains(strings.ToLower(dom.GetAttribute(e.Node, "type")), "ld+json") {
			continue
		}
		if scripts++; scripts > maxScripts || len(found) >= maxThings {
			break
		}
		if raw := contentOf(e.Node); len(raw) <= maxScriptSize {
			found = flatten(parseThing(raw), found, 0)
		}
	}
	return found[:min(len(found), maxThings)]
}

// scriptMarks are what old templates wrap around the JSON.
var scriptMarks = strings.NewReplacer("<![CDATA[", "", "]]>", "", "<!--", "", "-->", "", "//\n", "\n")

// rawBreaks are control characters that JSON forbids inside of strings.
var rawBreaks = strings.NewReplacer("\n", " ", "\r", " ", "\t", " ")

func parseThing(raw string) any {
	raw = strings.TrimRight(strings.TrimSpace(scriptMarks.Replace(raw)), "; \n")
	var value any
	if json.Unmarshal([]byte(raw), &value) != nil && json.Unmarshal([]byte(rawBreaks.Replace(raw)), &value) != nil {
		return nil
	}
	return value
}

// flatten adds the objects of value to found, those of arrays and @graph one by one.
func flatten(value any, found []thing, depth int) []thing {
	if depth > maxThingDepth || len(found) >= maxThings {
		return found
	}
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			found = flatten(item, found, depth+1)
		}
	case map[string]any:
		found = flatten(v["@graph"], found, depth+1)
		if v["@type"] != nil {
			found = append(found, thing(v))
		}
	}
	return found
}

// is reports whether one of the types of t ends in one of the names, so that
// "https://schema.org/NewsArticle" is an "Article".
func (t thing) is(names ...string) bool {
	return slices.ContainsFunc(stringsOf(t["@type"]), func(kind string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return strings.HasSuffix(kind, name) })
	})
}

// text returns the value of a key as folded text, "" when it is not a string.
func (t thing) text(key string, limit int) string {
	if all := t.texts(key, limit); len(all) > 0 {
		return all[0]
	}
	return ""
}

// texts returns all strings at a key, on one line each.
func (t thing) texts(key string, limit int) []string {
	var all []string
	for _, s := range stringsOf(t[key]) {
		if folded := foldCut(unescape(s), limit); folded != "" {
			all = append(all, folded)
		}
	}
	return all
}

// part returns the object at a key, the first one of an array, or nil.
func (t thing) part(key string) thing {
	if all := t.parts(key); len(all) > 0 {
		return all[0]
	}
	return nil
}

// parts returns the object at a key, or those of an array.
func (t thing) parts(key string) []thing {
	switch v := t[key].(type) {
	case map[string]any:
		return []thing{v}
	case []any:
		var all []thing
		for _, item := range v {
			if object, ok := item.(map[string]any); ok {
				all = append(all, object)
			}
		}
		return all
	}
	return nil
}

// stringsOf returns a string or the strings of an array.
func stringsOf(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, item := range v {
			if s, ok := item.(string); ok {
				all = append(all, s)
			}
		}
		return all
	}
	return nil
}

// tags matches markup that some systems leave in their structured data.
var tags = regexp.MustCompile(`</?[a-zA-Z][^<>]{0,500}>`)

func unescape(s string) string {
	if strings.ContainsAny(s, "<&") {
		return html.UnescapeString(tags.ReplaceAllString(s, " "))
	}
	return s
}

// readStated takes the main text from the structured data of a page that scripts build, so
// that its markup holds none.
func readStated(page *onboarding.Page, doc *document) {
	if Words(page.Text()) >= minWords {
		return
	}
	var stated []onboarding.Block
	for _, t := range doc.things {
		text := cmp.Or(t.raw("articleBody"), t.raw("text"))
		if text == "" && !t.is("WebSite", "WebPage", "Organization", "Person") {
			text = t.raw("description")
		}
		var paragraphs []onboarding.Block
		for line := range strings.Lines(Cut(text, maxMainText)) {
			if folded := foldCut(unescape(line), maxBlockText); folded != "" {
				paragraphs = append(paragraphs, onboarding.Block{Kind: onboarding.BlockParagraph, Text: folded})
			}
		}
		if title := cmp.Or(t.text("headline", maxTitle), t.text("name", maxTitle)); len(paragraphs) > 0 && title != "" {
			stated = append(stated, onboarding.Block{Kind: onboarding.BlockHeading, Text: title})
		}
		stated = append(stated, paragraphs...)
	}
	if len(stated) > 0 {
		page.Blocks, page.Candidates = stated[:min(len(stated), maxBlocks)], nil
	}
}

// raw returns the first string at a key, "" when there is none.
func (t thing) raw(key string) string {
	for _, s := range stringsOf(t[key]) {
		return s
	}
	return ""
}

// readThings renders the structured data for the digest, each thing with its strings folded
// and cut, as far as they fit.
func readThings(page *onboarding.Page, doc *document) {
	size := 0
	for _, t := range doc.things {
		raw, err := json.Marshal(shorten(map[string]any(t), 0))
		if err != nil || len(raw) > maxThingSize || size+len(raw) > maxThingsSize {
			continue
		}
		page.JSONLD = append(page.JSONLD, raw)
		size += len(raw)
	}
}

// shorten copies a JSON value with its strings folded and cut. What is nested
// deeper than maxThingDepth is left out.
func shorten(value any, depth int) any {
	if depth > maxThingDepth {
		return nil
	}
	switch v := value.(type) {
	case string:
		return foldCut(v, maxThingText)
	case []any:
		short := make([]any, 0, min(len(v), 50))
		for _, item := range v[:min(len(v), 50)] {
			short = append(short, shorten(item, depth+1))
		}
		return short
	case map[string]any:
		short := make(map[string]any, len(v))
		for key, item := range v {
			short[foldCut(key, 100)] = shorten(item, depth+1)
		}
		return short
	}
	return value
}
