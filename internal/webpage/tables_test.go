package webpage

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// kindsOf digests a page and returns the kind of each block of its main text by the text.
func kindsOf(t *testing.T, body string) map[string]onboarding.BlockKind {
	t.Helper()
	page, err := Digest(t.Context(), []byte(body), "text/html; charset=utf-8", mustURL(t, "https://bakery.example/"))
	require.NoError(t, err)
	kinds := map[string]onboarding.BlockKind{}
	for _, b := range page.Blocks {
		kinds[b.Text] = b.Kind
	}
	return kinds
}

func TestLayoutTablesAreText(t *testing.T) {
	t.Parallel()
	row := func(cells ...string) string { return "<tr><td>" + strings.Join(cells, "<td>") }
	for name, body := range map[string]string{
		"a column": "<table border=0>" + row("<img src=nav.gif>", "<font>"+bread+"<br><br>"+crust+"<br> <br>"+flour+"</font>") + "</table>",
		"nested": "<table width=100%>" + row("<a href=/>Home</a>", "<table>"+row(bread)+row(crust)+"</table>") + row("", flour) +
			"</table>",
		"rows":         "<table>" + row("1", bread) + row("2", crust) + row("3", flour) + "</table>",
		"by its role":  "<table role=presentation border=1>" + row("<p>"+bread, "<p>"+crust) + row(flour, "a") + "</table>",
		"one cell":     "<table border=1>" + row(paragraphs(bread, crust, flour, bread)) + "</table>",
		"with columns": "<table>" + row("<h2>Bread</h2><p>"+bread, "<h2>Crust</h2><p>"+crust, "<p>"+flour) + "</table>",
		"posts of a forum": "<table class=forumline><tr><th>Author<th>Message" + row("Ann", paragraphs(bread, crust, bread, crust)) +
			row("Bob", flour+"<br><br>"+crust+"<br><br>"+bread+"<br><br>"+bread) + row("Cy", paragraphs(bread, flour, crust)) + "</table>",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kinds := kindsOf(t, body)
			for _, text := range []string{bread, crust, flour} {
				assert.Equal(t, onboarding.BlockParagraph, kinds[text], kinds)
			}
		})
	}
}

func TestTablesOfDataStay(t *testing.T) {
	t.Parallel()
	text := "<h1>Prices</h1>" + paragraphs(bread, crust, flour)
	for name, table := range map[string]string{
		"with headings":    "<table><tr><th>Bread<th>Price<tr><td>Rye<td>4 €<tr><td>Oat<td>3 €</table>",
		"without headings": "<table border=0><tr><td>Rye<td>4 €<tr><td>Oat<td>3 €</table>",
		"with a caption":   "<table><caption>Prices</caption><tr><td>Rye<td>4 €<tr><td>Oat<td>3 €</table>",
		"of paragraphs":    "<table border=1><tr><td><p>Rye</p><td><p>4 €</p><tr><td><p>Oat</p><td><p>3 €</p></table>",
		"with a long cell": "<table><tr><th>Rye<td>4 €<tr><th>Why<td>" + strings.Repeat(flour+"<br><br>", 6) + "</table>",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kinds := kindsOf(t, text+table)
			assert.Contains(t, []onboarding.BlockKind{kinds["Rye"], kinds["Rye 4 €"]}, onboarding.BlockTable, kinds)
		})
	}
}

func TestLayoutTablesAreNotCounted(t *testing.T) {
	t.Parallel()
	body := "<table><tr><td><p>" + bread + "<table><tr><th>Bread<th>Price<tr><td>Rye<td>4 €</table></table>"
	page, err := Digest(t.Context(), []byte(body), "text/html", mustURL(t, "https://bakery.example/"))
	require.NoError(t, err)
	assert.Equal(t, 1, page.Structure.Tables)
}

func TestTextBesideNothingIsText(t *testing.T) {
	t.Parallel()
	testReading(t, map[string]readingCase{
		"aside":         {body: "<h1>Hadley</h1><aside>" + paragraphs(bread, crust) + "</aside>", want: []string{bread, crust}},
		"complementary": {body: "<nav><a href=/>Home</a></nav><div role=complementary>" + paragraphs(bread, crust) + "</div>", want: []string{bread}},
		"two of them": {
			body: "<p>Welcome.</p><aside><h2>A</h2><p>" + bread + "</p></aside><aside><h2>B</h2><p>" + crust + "</p></aside>",
			want: []string{bread, crust},
		},
		"beside a hidden line": {
			body: "<aside>" + paragraphs(bread, crust) + "</aside><div hidden><p>" + flour + "</p></div>",
			want: []string{bread, crust}, not: []string{flour},
		},
		"beside text":        {body: paragraphs(bread, crust) + "<aside><p>" + flour + "</p></aside>", want: []string{bread}, not: []string{flour}},
		"beside hidden text": {body: "<body hidden>" + paragraphs(bread, crust) + "<aside><p>" + flour + "</p></aside>", want: []string{bread}, not: []string{flour}},
	})
}
