package voice

import (
	"cmp"
	"encoding/base64"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/alwrity/onboarding/internal/onboarding"
)

const (
	// partWords is about how many words the parts of a site have that its ranges come from.
	partWords = 200
	// minParts is the fewest parts that show a range, minPageWords the least page that is compared with the rest.
	minParts     = 5
	minPageWords = 100
	// minVoiceWords is the least text that has a voice.
	minVoiceWords = 30
	// rootScale is how many steps of a profile's byte a root of 1 would have; the largest roots are below a half.
	rootScale = 500
)

// Page is a page of a site. Its text in other languages, legal pages and what others wrote are left out by the caller.
type Page struct {
	URL    string
	Blocks []onboarding.Block
}

// paragraph is a block of running text.
type paragraph struct {
	reading

	text      string
	tokens    []token
	sentences []sentence
	page      int
	// quotable means that the paragraph may stand in a style guide.
	quotable bool
}

// site is a site that is read.
type site struct {
	*language
	pages      []Page
	brands     []string
	names      map[string]bool
	paragraphs []paragraph
	all        counts
	// used are the words with a letter.
	used map[string]*usage
}

// Read measures the voice of a site; brands are the names of its owner. It returns nil for a language without lists and
// for less than 30 words of running text.
func (r *Reader) Read(code string, pages []Page, brands []string) *onboarding.Voice {
	l := r.languages[code]
	if l == nil {
		return nil
	}
	s := &site{
		language: l, pages: pages, brands: brands, names: map[string]bool{}, all: l.model.newCounts(),
	}
	for _, brand := range brands {
		s.names[strings.ToLower(brand)] = true
		for _, t := range l.tokens(brand) {
			s.names[t.lower] = t.word && l.rank[t.lower] == 0 || s.names[t.lower]
		}
	}
	s.split()
	if s.all.words < minVoiceWords {
		return nil
	}
	s.used = usages(s.paragraphs)
	var lengths []float64
	for _, p := range s.paragraphs {
		for _, sentence := range p.sentences {
			lengths = append(lengths, float64(sentence.words))
		}
	}
	slices.Sort(lengths)
	v := &onboarding.Voice{
		Profile: onboarding.VoiceProfile{
			Language: code, Model: l.modelName, Words: s.all.words, Sentences: s.all.sentences,
			LongSentence: int(percentile(lengths, 0.95)), Features: l.model.encode(l.model.vector(s.all)),
			Measures: s.measures(), Avoided: s.avoided(), Subject: s.subject(),
		},
		Pages: s.drift(), Characteristic: s.characteristic(), Traits: s.traits(), House: s.house(),
	}
	v.Passages = s.passages(v.Characteristic)
	return v
}

// split finds the paragraphs: prose in blocks that are no quotations, each text once.
func (s *site) split() {
	seen := map[string]bool{}
	for i, page := range s.pages {
		for at, block := range page.Blocks {
			text := strings.TrimSpace(block.Text)
			key := strings.ToLower(text)
			if seen[key] || !isProse(block.Kind, text) {
				continue
			}
			seen[key] = !strings.Contains(text, masked) // masked texts look alike
			p := paragraph{text: text, tokens: s.tokens(text), page: i, quotable: quotable(page.Blocks, at)}
			p.sentences = s.sentences(p.tokens)
			p.reading = s.read(p.tokens, p.sentences)
			s.paragraphs = append(s.paragraphs, p)
			s.all.add(p.reading, 1)
		}
	}
}

// Prose is the running text of pages, a paragraph a line, each once.
func Prose(pages []Page) string {
	var b strings.Builder
	seen := map[string]bool{}
	for _, page := range pages {
		for _, block := range page.Blocks {
			text := strings.TrimSpace(block.Text)
			if !seen[text] && isProse(block.Kind, text) {
				seen[text] = true
				b.WriteString(text + "\n")
			}
		}
	}
	return b.String()
}

// isProse reports whether a block is made of sentences, so that labels and link texts don't count.
func isProse(kind onboarding.BlockKind, text string) bool {
	words := len(strings.Fields(text))
	last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(text, `"”“»)’' `))
	ends := strings.ContainsRune(".!?…。！？", last)
	switch kind {
	case onboarding.BlockParagraph:
		return words >= 5 || words >= 2 && ends
	case onboarding.BlockListItem:
		return words >= 8 || words >= 3 && ends
	default:
		return false
	}
}

// measures are the habits of the site with their ranges over its parts.
func (s *site) measures() []onboarding.VoiceMeasure {
	out := s.habits(s.all.totals)
	var parts [][]onboarding.VoiceMeasure
	part := totals{said: map[string]float64{}}
	for i, p := range s.paragraphs {
		part.add(p.totals, 1)
		if last := i+1 == len(s.paragraphs) || s.paragraphs[i+1].page != p.page; part.words >= partWords ||
			last && part.words >= partWords/2 {
			parts = append(parts, s.habits(part))
			part = totals{said: map[string]float64{}}
		} else if last {
			part = totals{said: map[string]float64{}}
		}
	}
	if len(parts) < minParts {
		return out
	}
	for i := range out {
		var values []float64
		for _, p := range parts {
			values = append(values, p[i].Value)
		}
		slices.Sort(values)
		out[i].Low, out[i].High = new(percentile(values, 0.1)), new(percentile(values, 0.9))
	}
	return out
}

// percentile is the nearest rank of sorted values.
func percentile(sorted []float64, share float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[max(0, int(math.Ceil(share*float64(len(sorted))))-1)]
}

// habits are the measures of a text, without ranges.
func (l *language) habits(c totals) []onboarding.VoiceMeasure {
	perWords, perSentences := 1000/max(float64(c.words), 1), 100/max(float64(c.sentences), 1)
	m := c.said
	out := []onboarding.VoiceMeasure{
		{Name: "sentence_words", Value: float64(c.words) / max(float64(c.sentences), 1)},
		{Name: "questions", Value: m["?"] * perSentences},
		{Name: "exclamations", Value: m["!"] * perWords},
		{Name: "commas", Value: m[","] * perWords},
		{Name: "dashes", Value: (m["–"] + m["—"]) * perWords},
	}
	for _, name := range formNames {
		out = append(out, onboarding.VoiceMeasure{Name: name, Value: c.said[name] * perWords})
	}
	if l.code == english {
		out = append(out, onboarding.VoiceMeasure{Name: contractions, Value: c.said[contractions] * perWords})
	}
	for i := range out {
		out[i].Value = math.Round(100*out[i].Value) / 100
	}
	return out
}

// drift scores each page of some length against the rest of the site.
func (s *site) drift() []onboarding.VoicePage {
	out := []onboarding.VoicePage{}
	for i := range s.pages {
		c, rest := s.model.newCounts(), s.all.clone()
		for _, p := range s.paragraphs {
			if p.page == i {
				c.add(p.reading, 1)
				rest.add(p.reading, -1)
			}
		}
		if c.words < minPageWords || rest.words < minVoiceWords {
			continue
		}
		score := s.model.compare(s.model.vector(c), s.model.vector(rest), min(c.words, rest.words))
		out = append(out, onboarding.VoicePage{URL: s.pages[i].URL, Words: c.words, Score: int(math.Round(score))})
	}
	slices.SortStableFunc(out, func(a, b onboarding.VoicePage) int { return cmp.Compare(a.Score, b.Score) })
	return out
}

// compare is the score of two vectors, 0 to 100, when the shorter text has so many words.
func (m *Model) compare(a, b vector, words int) float64 {
	return scoreOf(m.weigh(m.cosines(a, b), words))
}

func (m *Model) encode(v vector) string {
	var raw []byte
	for _, root := range v {
		raw = append(raw, byte(min(255, math.Round(rootScale*root))))
	}
	return base64.RawStdEncoding.EncodeToString(raw)
}

// decode reads a profile, nil for one that doesn't fit the model.
func (m *Model) decode(profile string) vector {
	raw, err := base64.RawStdEncoding.DecodeString(profile)
	if err != nil || len(raw) != len(m.features) {
		return nil
	}
	v := make(vector, len(raw))
	for i, b := range raw {
		v[i] = float64(b) / rootScale
	}
	return v
}

// halfSignal is the text of which half of what is measured is the writer's and half chance, in words; set where fewest
// of seventy small businesses' personas matched another site better than their own.
const halfSignal = 100

// Match is how much two voices sound alike, 0 to 100, as Score has it; false when they can't be compared.
func (r *Reader) Match(a, b *onboarding.VoiceProfile) (float64, bool) {
	if a == nil || b == nil || a.Model != b.Model || r.languages[a.Language] == nil {
		return 0, false
	}
	m := r.languages[a.Language].model
	x, y := m.decode(a.Features), m.decode(b.Features)
	if x == nil || y == nil {
		return 0, false
	}
	least, most := float64(min(a.Words, b.Words)), float64(max(a.Words, b.Words))
	// The weights are those of two texts of one length: against a longer one less of a cosine is chance.
	cosines, scale := m.cosines(x, y), math.Sqrt(least*(most+halfSignal)/(most*(least+halfSignal)))
	for i := range cosines {
		cosines[i] *= scale
	}
	return scoreOf(m.weigh(cosines, int(math.Sqrt(least*most)))), true
}
