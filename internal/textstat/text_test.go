package textstat

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

func TestSplitWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                 "",
		"Don’t stop, it's well-made.":      "don't|stop|it's|well-made",
		"10,000 km at 3.5 % for £20":       "10,000|km|at|3.5|for|20",
		"the dogs' bowl - 'quoted' words-": "the|dogs|bowl|quoted|words",
		"R&D at AT&T":                      "r&d|at|at&t",
		"zażółć gęślą jaźń, Größe und Ёлка": "zażółć|gęślą|jaźń|größe|und|ёлка",
		"café (cafe\u0301)":                    "café|cafe\u0301",
		"end.Next":                             "end|next",
		"a/b...c":                              "a|b|c",
		"https://example.com/a?b=1 is a word!": "https://example.com/a?b=1|is|a|word",
	} {
		assert.Equal(t, want, strings.ReplaceAll(JoinWords(SplitWords(text, false)), " ", "|"), text)
	}
	assert.Equal(t, "l' eau d' aujourd'hui n' est pas à l' école",
		JoinWords(SplitWords("L’eau d'aujourd’hui n'est pas à l'école", true)))
	words := SplitWords("one, two three", false)
	assert.Equal(t, []bool{false, true, false}, []bool{words[0].gap, words[1].gap, words[2].gap})
}

// Addresses, handles, hashtags and file names are one word, and no word of the language.
func TestAddresses(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"https://www.spokes.com/book", "http://example.com:8080/a?b=c&d=%20#top", "www.spokes.com", "spokes.com", "spokes.co.uk",
		"spokes.com/prices", "WWW.SPOKES.COM", "service@spokes.com", "anna.lee+x@mail.spokes.com", "@spokes_bikes", "#cycling",
		"#Radfahren2024", "report-2024.pdf", "photo.JPG", "backup.tar.gz", "/etc/hosts", "~/notes/list.txt", `C:\Users\anna`,
		"bücher.example", "почта@пример.com", "ftp://files.example/a", "spokes.com?a=1#b", "spokes.com:8080", "spokes.com's",
		"song.mp3",
	} {
		for _, text := range []string{"See " + address + " now", "see (" + address + "), now", "see “" + address + "”. Now"} {
			words := SplitWords(text, false)
			require.Len(t, words, 3, text)
			assert.Equal(t, strings.ToLower(address), words[1].Lower)
			assert.False(t, words[1].HasLetter(), text)
			assert.False(t, words[1].isLong(), text)
			assert.True(t, words[0].HasLetter() && words[2].HasLetter())
		}
	}
	for text, want := range map[string]string{
		"and/or e.g. U.S. a.m. 3.5 24/7 #1":   "and|or|e|g|u|s|a|m|3.5|24|7|1",
		"Node.js and ASP.NET, C# or end.Next": "node.js|and|asp.net|c|or|end|next",
		"We bake bread.then we sell km/h":     "we|bake|bread|then|we|sell|km|h",
		"z.B. d.h. Dr.Meier":                  "z|b|d|h|dr|meier",
		"... / # @ . :// www. /mo":            "www|mo",
	} {
		words := SplitWords(text, false)
		assert.Equal(t, want, strings.ReplaceAll(JoinWords(words), " ", "|"), text)
		assert.False(t, slices.ContainsFunc(words, func(w Word) bool { return w.address }), text)
	}
	assert.Equal(t, "a@b.com|c@d.com|ee.com|ff.com", strings.ReplaceAll(JoinWords(SplitWords("a@b.com,c@d.com|ee.com;ff.com", false)), " ", "|"))
	words := segmentWords("詳しくはhttps://example.com/jaまたはinfo@example.comへ")
	var addresses []string
	for _, w := range words {
		if w.address {
			addresses = append(addresses, w.Lower)
		}
	}
	assert.Equal(t, []string{"https://example.com/ja", "info@example.com"}, addresses)
}

func TestAddressesAreNoKeywords(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ lang, text string }{
		{"en", "Send a mail to parts@spokes.com or see https://www.spokes.com/parts for #bikeparts and @spokes. "},
		{"de", "Schreiben Sie an teile@speichen.de oder lesen Sie https://www.speichen.de/teile und #teile von @speichen. "},
		{"es", "Escriba a piezas@radios.com o vea https://www.radios.com/piezas y #piezas de @radios en lista.pdf. "},
	} {
		m := measureText(t, newTestMeter(t), strings.Repeat(test.text, 1)+"\n\n"+test.text+"x "+test.text, test.lang)
		for _, k := range m.Keywords {
			assert.NotRegexp(t, "https?|www|com|spokes|speichen|radios|@|#|pdf", k.Text)
		}
		for _, p := range m.Phrases {
			assert.NotRegexp(t, "https?|www|com|spokes|speichen|radios|@|#|pdf", p.Text)
		}
	}
}

func TestDetectLanguage(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text, declared, code string
		reliable             bool
	}{
		{"We repair bicycles in the old town, and you can wait for it with a cup of coffee.", "", "en", true},
		{"Wir reparieren Fahrräder in der Altstadt, und Sie können bei einem Kaffee darauf warten.", "en", "de", true},
		{"Nous réparons les vélos dans la vieille ville et vous pouvez attendre avec un café.", "", "fr", true},
		{"Reparamos bicicletas en el casco antiguo y usted puede esperar con una taza de café.", "", "es", true},
		{"Мы чиним велосипеды в старом городе, и вы можете подождать за чашкой кофе.", "", "ru", true},
		{"私たちは旧市街で自転車を修理しています。コーヒーを飲みながらお待ちいただけます。二階には小さな図書室もあります。", "", "ja", true},
		{"A classificação da corrida: Kyle Busch, Ryan Blaney, Denny Hamlin e Kevin Harvick. Nesta página você terá sempre " +
			"a classificação até a última corrida, e não só depois dela. " +
			"Os pilotos Austin Dillon, Joey Logano e Martin Truex também correm pela equipe, mas ainda não se sabe quem " +
			"vai ganhar os pontos da prova de domingo em Daytona Beach, Florida.", "", "pt", true},
		{"Hello", "en-GB", "en", false},
		{"Hello", "", "", false},
		{"", "", "", false},
		{"12345 67890 !!!", "de", "de", false},
	} {
		got := DetectLanguage(test.text, test.declared)
		assert.Equal(t, test.code, got.Code, test.text)
		assert.Equal(t, test.reliable, got.Reliable, test.text)
		assert.Equal(t, test.code != "ja", got.Spaced, test.text)
	}
	assert.Equal(t, "German", DetectLanguage("Hallo", "de-AT").Name)
	assert.Equal(t, "unknown", DetectLanguage("x", "").Name)
}

func TestCorpusCountsRepeatsOnce(t *testing.T) {
	t.Parallel()
	meter := newTestMeter(t)
	repeated := "Our shop is open every day from nine to five."
	site := [][]onboarding.Block{
		{
			{Kind: onboarding.BlockParagraph, Text: repeated + " We sell old books."},
			{Kind: onboarding.BlockCode, Text: "func main() {}"},
		},
		{
			{Kind: onboarding.BlockHeading, Text: "Books"},
			{Kind: onboarding.BlockQuote, Text: repeated},
			{Kind: onboarding.BlockListItem, Text: "Old books"},
		},
	}
	c, err := meter.NewCorpus(t.Context(), site, onboarding.TextLanguage{Code: "en", Reliable: true, Spaced: true})
	require.NoError(t, err)
	assert.Equal(t, 10+4+1+10+2, c.Words)
	assert.Len(t, c.Sentences, 2)
	assert.Equal(t, 14, c.prose)
	assert.Equal(t, []int{14, 13}, c.pageWords)
}

func TestCorpusIsBounded(t *testing.T) {
	t.Parallel()
	meter := newTestMeter(t)
	block := onboarding.Block{Kind: onboarding.BlockHeading, Text: strings.Repeat("word ", MaxWords)}
	c, err := meter.NewCorpus(t.Context(), [][]onboarding.Block{{block, block}, {block}},
		onboarding.TextLanguage{Code: "en", Reliable: true, Spaced: true})
	require.NoError(t, err)
	assert.True(t, c.truncated)
	assert.Equal(t, MaxWords, c.Words)
}

func TestPhraseSet(t *testing.T) {
	t.Parallel()
	set := NewPhraseSet(NewWordSet([]string{"new", "new york", "new york city", "24/7", "can't"}))
	assert.Equal(t, []string{"new york city", "new", "24 7", "can't", "new york"},
		set.Find(SplitWords("New York City is new, open 24/7; I can’t leave new york", false)))
	assert.Empty(t, set.Find(nil))
}

// Every list must be read: a section that a rule asks for and that is missing
// would silently measure nothing.
func TestLexicons(t *testing.T) {
	t.Parallel()
	lex, err := NewMeter()
	require.NoError(t, err)
	for code := range lex.languages {
		sections := []string{"stop", "weak", "first_singular", "first_plural", "second", "third"}
		few := code == "ja" || code == "ar" // keywords and persons only
		if !few {
			sections = append(sections, "function", "transitions", "conjunctions")
		}
		for _, section := range sections {
			assert.NotEmpty(t, lex.languages[code][section], code+" "+section)
		}
		assert.Greater(t, len(lex.languages[code]["stop"]), 120, code)
		if few {
			continue
		}
		assert.GreaterOrEqual(t, len(lex.functionLists[code]), 45, code)
		assert.LessOrEqual(t, len(lex.functionLists[code]), maxFunctionWords, code)
	}
	assert.Len(t, slices.Collect(maps.Keys(lex.languages)), 12)
	for _, code := range []string{"en", "de", "fr", "es", "it", "pt"} {
		for _, name := range []string{
			"expert", "novice", "problem", "benefit", "audience_words", "values", "values_headings", "values_cues", "difference",
			"claims", "trust", "authority", "sincerity", "excitement", "competence", "sophistication", "ruggedness",
		} {
			assert.NotEmpty(t, lex.languages[code][name], code+" "+name)
		}
	}
	for _, name := range []string{
		"articles", "prepositions", "pronouns", "interjections", "contractions", "be", "participles", "not_participles",
		"imperative", "imperative_lead",
		"not_after_imperative", "people", "not_shown",
	} {
		assert.NotEmpty(t, lex.languages["en"][name], name)
	}
}
