package maintext

import (
	"maps"
	"slices"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// far is the distance to something that isn't there.
const far = 40

// row gathers features.
type row []float32

func (r *row) add(values ...float64) {
	for _, v := range values {
		*r = append(*r, float32(v))
	}
}

func (r *row) flags(values ...bool) {
	for _, v := range values {
		if v {
			*r = append(*r, 1)
		} else {
			*r = append(*r, 0)
		}
	}
}

// bits adds the first n bits of a set as flags.
func (r *row) bits(set uint32, n int) {
	for i := range n {
		r.flags(set>>i&1 == 1)
	}
}

// blockFeatures makes the rows of a page's blocks.
type blockFeatures struct {
	*Sheet
	// top is the element with the highest score, inTop how far the elements around it are from it.
	top      int
	topScore float64
	inTop    map[int]int
	// copies counts the blocks of each text.
	copies map[string]int
	// before is the number of words before each block.
	before []int
	// heading is the index of the last heading before each block, or -1.
	heading []int
	// firstTitle, firstProse and lastProse are indexes of blocks, or -1.
	firstTitle, firstProse, lastProse int
	article, things, reviews          shingles
	cards                             cards
	types                             []float64
}

// BlockRows returns the features of each block. types are the probabilities of Types.
func (s *Sheet) BlockRows(types []float64) [][]float32 {
	rows := make([][]float32, len(s.Blocks))
	s.eachBlockRow(types, func(i int, r []float32) { rows[i] = slices.Clone(r) })
	return rows
}

// eachBlockRow calls yield with the features of each block, which it does not keep.
func (s *Sheet) eachBlockRow(types []float64, yield func(i int, r []float32)) {
	f := blockFeatures{
		Sheet: s, inTop: map[int]int{}, copies: map[string]int{}, firstTitle: -1, firstProse: -1, lastProse: -1,
		article: newShingles(s.Article, minArticle), things: newShingles(s.Things, minThings),
		reviews: newShingles(s.Reviews, minThings), cards: s.findCards(), types: types,
	}
	f.top, f.topScore = s.topElement()
	for at, distance := f.top, 0; at > 0; at, distance = s.Elements[at].Parent, distance+1 {
		f.inTop[at] = distance
	}
	f.readOrder()
	r := make(row, 0, 340)
	for i := range s.Blocks {
		r = r[:0]
		f.own(&r, i)
		f.around(&r, i)
		f.sections(&r, i)
		f.position(&r, i)
		f.neighbours(&r, i)
		f.headings(&r, i)
		f.cards.features(&r, s, i)
		f.page(&r)
		yield(i, r)
	}
}

func (f *blockFeatures) readOrder() {
	words, heading := 0, -1
	for i := range f.Blocks {
		b := &f.Blocks[i]
		f.copies[b.Text]++
		f.before, f.heading = append(f.before, words), append(f.heading, heading)
		words += b.Words
		if b.Kind == onboarding.BlockHeading {
			heading = i
		}
		if b.Level == 1 && f.firstTitle < 0 {
			f.firstTitle = i
		}
		if b.Words >= 20 && b.Linked < 0.3 {
			f.lastProse = i
			if f.firstProse < 0 {
				f.firstProse = i
			}
		}
	}
}

var blockKinds = []onboarding.BlockKind{
	onboarding.BlockHeading, onboarding.BlockListItem, onboarding.BlockTable, onboarding.BlockCode,
	onboarding.BlockQuote,
}

// own adds what the block is by itself.
func (f *blockFeatures) own(r *row, i int) {
	b, t := &f.Blocks[i], &f.facts[i]
	r.add(float64(b.Words), float64(t.chars), ratio(t.letters, b.Words), b.Linked, ratio(t.upper, t.letters),
		ratio(t.digits, t.chars), float64(t.commas), float64(t.ends), float64(b.Level))
	r.flags(t.furniture, t.closed, t.price, t.year, t.bar, t.copyright, t.colon, t.question, t.date)
	for _, kind := range blockKinds {
		r.flags(b.Kind == kind)
	}
	r.bits(t.topics, countTopics)
	r.add(float64(t.own), float64(t.titled), float64(min(f.copies[b.Text], 20)), f.article.share(b.Text),
		f.things.share(b.Text), f.reviews.share(b.Text))
	r.flags(contains(f.Description, b.Text, 20), b.Words <= 30 && contains(b.Text, f.Author, 1))
}

// around adds how far the next element of each role and label is, and what the elements around the block hold.
func (f *blockFeatures) around(r *row, i int) {
	var roles [countRoles]float64
	groups := make([]float64, len(labelGroups))
	for k := range roles {
		roles[k] = far
	}
	for k := range groups {
		groups[k] = far
	}
	topDistance, topUp, best := float64(far), float64(far), 0.0
	repeats, repeatsAt := 1, 0
	own := f.Blocks[i].Element
	for at, distance := own, 0; at > 0; at, distance = f.Elements[at].Parent, distance+1 {
		n := &f.nodes[at]
		eachBit(uint64(n.roles), func(k int) { roles[k] = min(roles[k], float64(distance)) })
		eachBit(n.groups, func(k int) { groups[k] = min(groups[k], float64(distance)) })
		if up, inside := f.inTop[at]; inside && topDistance == far {
			topDistance, topUp = float64(distance), float64(up)
		}
		best = max(best, n.score)
		if n.repeats > repeats && distance < 10 {
			repeats, repeatsAt = n.repeats, distance
		}
	}
	r.add(roles[:]...)
	r.add(groups...)
	r.add(float64(f.nodes[own].depth), topDistance, topUp, best/max(f.topScore, 1),
		ratio(f.nodes[f.top].words, f.total.words))
	r.add(float64(min(repeats, 100)), float64(repeatsAt), float64(min(f.nodes[own].repeats, 100)))
}

// sections adds what the elements around the block hold: the nearest ones, and the largest one with less than most of
// the page's text.
func (f *blockFeatures) sections(r *row, i int) {
	const most, levels = 0.6, 6
	var up [levels]*node
	var section *node
	for at, distance := f.Blocks[i].Element, 0; at > 0; at, distance = f.Elements[at].Parent, distance+1 {
		n := &f.nodes[at]
		if distance < levels {
			up[distance] = n
		}
		if float64(n.words) < most*float64(f.total.words) {
			section = n
		}
	}
	for _, k := range []int{0, 1, 2, 3, 5} {
		n := up[k]
		if n == nil {
			n = &node{}
		}
		f.holds(r, n)
	}
	if section == nil {
		section = &node{}
	}
	f.holds(r, section)
	r.add(ratio(section.commas, section.words), float64(section.depth))
	for _, group := range []int{0, 1, 2, 3, 11} { // navigation, header, footer, sidebar, related
		r.flags(section.groups>>group&1 == 1)
	}
}

// holds adds what an element holds.
func (f *blockFeatures) holds(r *row, n *node) {
	r.add(float64(n.words), ratio(n.linked, n.words), float64(n.blocks), ratio(n.prose, n.words),
		ratio(n.words, f.total.words))
}

// position adds where in the page the block is.
func (f *blockFeatures) position(r *row, i int) {
	const most = 200
	to := func(other, distance int) float64 {
		if other < 0 {
			return -most - 1
		}
		return float64(max(-most, min(most, distance)))
	}
	n := len(f.Blocks)
	r.add(float64(i), float64(n-i), ratio(i, n), ratio(f.before[i], f.total.words), to(f.firstTitle, i-f.firstTitle),
		to(f.firstProse, i-f.firstProse), to(f.lastProse, f.lastProse-i))
}

// neighbours adds the blocks before and behind, and the text around.
func (f *blockFeatures) neighbours(r *row, i int) {
	own, n := f.Blocks[i].Element, len(f.Blocks)
	for _, distance := range []int{-3, -2, -1, 1, 2, 3} {
		j := i + distance
		if j < 0 || j >= n {
			r.add(-1, -1, -1)
			r.flags(false, false)
			continue
		}
		b := &f.Blocks[j]
		r.add(float64(b.Words), b.Linked, float64(b.Level))
		r.flags(f.facts[j].closed,
			b.Element == own || f.Elements[b.Element].Parent == f.Elements[own].Parent)
	}
	for _, reach := range []int{4, 10} {
		var near sums
		for j := max(0, i-reach); j < min(n, i+reach+1); j++ {
			b := &f.Blocks[j]
			near.words, near.linked = near.words+b.Words, near.linked+b.linked()
			if b.isProse() {
				near.prose += b.Words
			}
		}
		r.add(ratio(near.prose, near.words), ratio(near.linked, near.words), float64(near.words))
	}
}

// neighbourTopics are the topics of short blocks that say what stands beside them.
var neighbourTopics = []int{
	topicReviews, topicRelated, topicComments, topicNewsletter, topicFilters, topicCompany, topicCart, topicPosts,
}

// headings adds what the block stands below, and the topics of the short blocks near it.
func (f *blockFeatures) headings(r *row, i int) {
	h, near, higher := f.heading[i], uint32(0), uint32(0)
	if h >= 0 {
		b := &f.Blocks[h]
		near = f.facts[h].topics
		r.add(float64(b.Level), float64(min(i-h, 60)), float64(b.Words), b.Linked)
		level := b.Level
		for j := f.heading[h]; j >= 0 && level > 2; j = f.heading[j] {
			if own := f.Blocks[j].Level; own > 0 && own < level {
				level, higher = own, higher|f.facts[j].topics
			}
		}
	} else {
		r.add(-1, 61, -1, 0)
	}
	r.bits(near, countTopics)
	r.bits(higher, countTopics)
	for _, side := range [][2]int{{max(0, i-4), i}, {i + 1, min(len(f.Blocks), i+5)}} {
		set := uint32(0)
		for j := side[0]; j < side[1]; j++ {
			if f.Blocks[j].Words < 8 {
				set |= f.facts[j].topics
			}
		}
		for _, topic := range neighbourTopics {
			r.flags(set>>topic&1 == 1)
		}
	}
}

// page adds what is the same for all blocks.
func (f *blockFeatures) page(r *row) {
	r.add(float64(f.total.words), ratio(f.total.linked, f.total.words), ratio(f.total.prose, f.total.words),
		float64(len(f.Blocks)))
	r.flags(slices.ContainsFunc(f.Types, IsArticleType) || f.OpenGraph == "article", f.article != nil)
	r.add(f.types...)
}

// card is an element that is repeated, and the blocks in it.
type cards struct {
	// of is the card around each block, or -1; index is the block's place in it.
	of, index []int
	// words are those of each group of cards, most those of the largest group.
	words map[family]int
	most  int
	paths map[uint64]*path
}

// path is a place in the markup that several blocks share.
type path struct {
	sums
	n, closed, first, last int
	texts                  map[string]bool
}

func (s *Sheet) findCards() cards {
	c := cards{words: map[family]int{}, paths: map[uint64]*path{}}
	for i := range s.nodes {
		if n := &s.nodes[i]; n.repeats >= 3 {
			c.words[family{s.Elements[i].Parent, n.kind}] += n.words
		}
	}
	for words := range maps.Values(c.words) {
		c.most = max(c.most, words)
	}
	inCard := map[int]int{}
	for i := range s.Blocks {
		at := s.Blocks[i].Element
		c.addPath(s, i, s.nodes[at].path)
		for at > 0 && (s.nodes[at].repeats < 3 || s.nodes[at].blocks < 2) {
			at = s.Elements[at].Parent
		}
		c.of, c.index = append(c.of, at), append(c.index, inCard[at])
		inCard[at]++
	}
	return c
}

func (c *cards) addPath(s *Sheet, i int, key uint64) {
	b := &s.Blocks[i]
	p := c.paths[key]
	if p == nil {
		p = &path{first: i, texts: map[string]bool{}}
		c.paths[key] = p
	}
	p.n, p.last, p.texts[b.Text] = p.n+1, i, true
	p.words, p.linked = p.words+b.Words, p.linked+b.linked()
	if b.isProse() {
		p.prose += b.Words
	}
	if s.facts[i].price {
		p.prices++
	}
	if s.facts[i].closed {
		p.closed++
	}
}

// features adds the place of block i in the markup and in its card.
func (c *cards) features(r *row, s *Sheet, i int) {
	p := c.paths[s.nodes[s.Blocks[i].Element].path]
	r.add(float64(p.n), ratio(p.words, p.n), ratio(p.words, s.total.words), ratio(p.linked, p.words),
		ratio(p.prose, p.words), ratio(p.prices, p.n), ratio(p.closed, p.n), ratio(len(p.texts), p.n), float64(p.first),
		ratio(p.last-p.first+1, p.n))
	at := c.of[i]
	if at <= 0 {
		r.add(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1)
		return
	}
	n := &s.nodes[at]
	words := c.words[family{s.Elements[at].Parent, n.kind}]
	r.add(float64(n.repeats), float64(n.number), float64(c.index[i]), float64(n.blocks), float64(n.words),
		ratio(n.linked, n.words), ratio(n.prose, n.words), float64(n.prices), float64(n.images), float64(n.headings),
		float64(n.links), ratio(words, s.total.words), ratio(words, c.most))
}
