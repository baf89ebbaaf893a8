package webpage

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDigestOfXHTML(t *testing.T) {
	t.Parallel()
	const begin = `<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x">` +
		`<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="de"><head>`
	const text = `<p>Wir backen jeden Morgen frisches Brot.</p>`
	for name, test := range map[string]struct{ page, title, text string }{
		"script without content": {
			begin + `<title>Brot</title><script src="a.js"/></head><body>` + text + `</body></html>`,
			"Brot", "Wir backen jeden Morgen frisches Brot.",
		},
		"title without content": {begin + `<title/></head><body><div/>` + text + `</body></html>`, "", "Wir backen jeden Morgen frisches Brot."},
		"anchors without content": {
			begin + `<title>Brot</title></head><body><a id="a"/><p>Wir backen <em/>jeden Morgen<br/> frisches <a href="/b">Brot</a>.</p></body></html>`,
			"Brot", "Wir backen jeden Morgen frisches Brot.",
		},
		"CDATA": {
			begin + `<title><![CDATA[Brot & Butter]]></title></head><body><p><![CDATA[Wir backen <jeden> Morgen frisches Brot.]]></p></body></html>`,
			"Brot & Butter", "Wir backen <jeden> Morgen frisches Brot.",
		},
		"CDATA in scripts": {
			begin + "<title>Brot</title><script>//<![CDATA[\nif (1 < 2) { w('</p>') }\n//]]></script></head><body>" + text + `</body></html>`,
			"Brot", "Wir backen jeden Morgen frisches Brot.",
		},
		"references of HTML": {
			begin + `<title>Brot</title></head><body><p>Wir&nbsp;backen jeden Morgen frisches Br&ouml;tchen &amp; mehr.</p></body></html>`,
			"Brot", "Wir backen jeden Morgen frisches Brötchen & mehr.",
		},
		"elements of others": {
			begin + `<title>Brot</title></head><body><svg xmlns="http://www.w3.org/2000/svg"><title>Bild</title><path d="x"/></svg>` +
				`<r:rdf xmlns:r="urn:r"><r:title>RDF</r:title></r:rdf>` + text + `</body></html>`,
			"Brot", "",
		},
		"a prefix for all": {
			`<h:html xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>Brot</h:title></h:head><h:body><h:p>Wir backen jeden Morgen frisches Brot.</h:p></h:body></h:html>`,
			"Brot", "Wir backen jeden Morgen frisches Brot.",
		},
		"not well-formed": {
			`<html><title>Brot</title><body>` + text + `<p>Und <b>Kuchen & Torten`, "Brot",
			"Wir backen jeden Morgen frisches Brot.\n\nUnd Kuchen & Torten",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			types := []string{"application/xhtml+xml"}
			if strings.HasPrefix(test.page, "<?xml") {
				types = append(types, "text/html")
			}
			for _, contentType := range types {
				page, err := Digest(t.Context(), []byte(test.page), contentType, mustURL(t, "https://example.com/"))
				require.NoError(t, err)
				assert.Equal(t, test.title, page.Title)
				if test.text != "" {
					assert.Equal(t, test.text, page.Text())
				}
			}
		})
	}
}
