package maintext

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html/atom"
)

// facts are what is measured of a block by itself.
type facts struct {
	chars, letters, upper, digits, commas, ends int
	// closed reports whether the text ends like a sentence.
	closed                                             bool
	price, year, bar, copyright, colon, question, date bool
	topics                                             uint32
	// titled is the share of the words that stand in the page's title, own the share of first persons.
	titled, own float32
	words       []string
	// furniture reports whether simple rules say that the block is not main text.
	furniture bool
}

// sums are counted over the blocks in an element.
type sums struct {
	words, linked, prose, commas, blocks, prices, dates, images, headings, links, fields int
}

func (s *sums) add(o sums) {
	s.words, s.linked, s.prose, s.commas, s.blocks = s.words+o.words, s.linked+o.linked, s.prose+o.prose,
		s.commas+o.commas, s.blocks+o.blocks
	s.prices, s.dates, s.images, s.headings, s.links = s.prices+o.prices, s.dates+o.dates, s.images+o.images,
		s.headings+o.headings, s.links+o.links
	s.fields += o.fields
}

// node is what is measured of an element.
type node struct {
	sums
	label
	depth int
	// kind is equal for elements of the same name and class, path for those whose ancestors are equal too.
	kind, path uint64
	// repeats counts the siblings of its kind with itself, number those before it.
	repeats, number int
	// score is that of the readability algorithm: the prose in it and, by halves, in the three elements below.
	score float64
}

// Sheet is a page with all measurements.
type Sheet struct {
	*Page
	nodes  []node
	facts  []facts
	counts [countTopics]int
	// total is the sum over the page.
	total sums
}

// Measure reads a page once.
func Measure(p *Page) *Sheet {
	s := &Sheet{Page: p, nodes: make([]node, len(p.Elements)), facts: make([]facts, len(p.Blocks))}
	s.nameElements()
	title := map[string]bool{}
	for _, word := range wordsOf(p.Title + " " + p.Heading) {
		title[word] = true
	}
	for i := range p.Blocks {
		s.facts[i] = s.factsOf(&p.Blocks[i], title)
		s.count(i)
	}
	for i := len(s.nodes) - 1; i > 0; i-- {
		s.nodes[p.Elements[i].Parent].add(s.nodes[i].sums)
	}
	if len(s.nodes) > 0 {
		s.total = s.nodes[0].sums
	}
	s.findFurniture()
	return s
}

// family is a parent and a kind of children.
type family struct {
	parent int
	kind   uint64
}

func (s *Sheet) nameElements() {
	sizes := map[family]int{}
	for i := range s.Elements {
		e, n := &s.Elements[i], &s.nodes[i]
		n.label = labelOf(e)
		n.kind = kindOf(e)
		if i > 0 {
			n.depth, n.path = s.nodes[e.Parent].depth+1, (s.nodes[e.Parent].path^n.kind)*fnvPrime
		}
		switch e.Tag {
		case atom.Img, atom.Picture:
			n.images++
		case atom.A:
			n.links++
		case atom.Input, atom.Select, atom.Textarea:
			n.fields++
		}
		n.number = sizes[family{e.Parent, n.kind}]
		sizes[family{e.Parent, n.kind}]++
	}
	for i := range s.Elements {
		s.nodes[i].repeats = sizes[family{s.Elements[i].Parent, s.nodes[i].kind}]
	}
}

// kindOf hashes the name and class of an element, without the numbers that some classes hold.
func kindOf(e *Element) uint64 {
	sum := uint64(14695981039346656037) // FNV-1a
	add := func(c byte) { sum = (sum ^ uint64(c)) * fnvPrime }
	for _, c := range []byte(e.Tag.String()) {
		add(c)
	}
	for _, a := range e.Attr {
		if a.Key == "class" {
			for i := range min(len(a.Val), 60) {
				if c := a.Val[i]; c < '0' || c > '9' {
					add(c)
				}
			}
		}
	}
	return sum
}

// fnvPrime is the prime of FNV-1a with 64 bits.
const fnvPrime = 1099511628211

// maxFacts is how much of a block's text is read for what it is about, in bytes.
const maxFacts = 2000

func (s *Sheet) factsOf(b *Block, title map[string]bool) facts {
	f := charsOf(b.Text)
	f.words = wordsOf(b.Text[:min(len(b.Text), maxFacts)])
	short := f.words[:min(len(f.words), 45)]
	f.topics = topicsOf(short, nil)
	topicsOf(f.words, &s.counts)
	f.year = slices.ContainsFunc(short, func(w string) bool {
		return len(w) == 4 && (strings.HasPrefix(w, "19") || strings.HasPrefix(w, "20"))
	})
	f.date = len(short) < 20 && (f.year || f.topics>>topicAgo&1 == 1 || f.digits > 0 && f.topics>>topicDate&1 == 1)
	known, own := 0, 0
	for i, word := range f.words {
		if title[word] && i < 60 {
			known++
		}
		if topics[word]>>topicFirst&1 == 1 {
			own++
		}
	}
	f.titled = float32(known) / float32(max(min(len(f.words), 60), 1))
	f.own = float32(own) / float32(max(len(f.words), 1))
	return f
}

// charsOf counts the characters of a text.
func charsOf(text string) facts {
	var f facts
	for i, r := range text {
		f.chars++
		switch {
		case unicode.IsLetter(r):
			f.letters++
			if unicode.IsUpper(r) {
				f.upper++
			}
		case unicode.IsDigit(r):
			f.digits++
		}
		switch r {
		case ',', '，', '、', ';':
			f.commas++
		case '.', '!', '?', '…', '。':
			f.ends++
			f.closed = i >= len(text)-3
		case '|', '›', '»', '•', '·':
			f.bar = true
		case '©':
			f.copyright = true
		case '$', '€', '£', '¥':
			f.price = true
		}
	}
	f.colon, f.question = strings.HasSuffix(text, ":"), strings.HasSuffix(text, "?")
	return f
}

const (
	// minProse is the least number of words of prose.
	minProse = 12
	// maxLinkedProse is the largest share of links in prose.
	maxLinkedProse = 0.4
)

func (b *Block) isProse() bool { return b.Words >= minProse && b.Linked < maxLinkedProse }

// linked is the number of words inside links.
func (b *Block) linked() int { return int(b.Linked*float64(b.Words) + 0.5) }

// count adds block i to its element.
func (s *Sheet) count(i int) {
	b, f := &s.Blocks[i], &s.facts[i]
	n := &s.nodes[b.Element]
	own := sums{words: b.Words, linked: b.linked(), blocks: 1, commas: f.commas}
	if f.price && b.Words < 20 {
		own.prices = 1
	}
	if f.date {
		own.dates = 1
	}
	if b.Level > 0 {
		own.headings = 1
	}
	if b.isProse() {
		own.prose = b.Words
		score, at := float64(1+f.commas+min(f.chars/100, 3)), b.Element
		for range 4 {
			if at <= 0 {
				break
			}
			s.nodes[at].score += score
			score, at = score/2, s.Elements[at].Parent
		}
	}
	n.add(own)
}

// topElement returns the element with the highest score, less the share of its words in links, and that score; 0 and 0
// where no element has one.
func (s *Sheet) topElement() (at int, score float64) {
	for i := range s.nodes {
		n := &s.nodes[i]
		if own := n.score * (1 - ratio(n.linked, n.words)); own > score {
			at, score = i, own
		}
	}
	return at, score
}

// ratio is a / b, 0 without b.
func ratio(a, b int) float64 {
	if b <= 0 {
		return 0
	}
	return float64(a) / float64(b)
}
