package maintext

import (
	"math"
	"slices"

	"github.com/alwrity/onboarding/internal/trees"
)

// Choice is the judgement of a page.
type Choice struct {
	// Keep says of each block whether it is main text.
	Keep []bool
	// Probabilities are those of each block, 0 to 1.
	Probabilities []float64
	// Confidence is the expected F1 of the kept words, 0 to 1.
	Confidence float64
	// Types are the probabilities of the types, in the order of Types.
	Types []float64
	// Type is the most probable type, TypeProbability how probable it is, 0 to 1.
	Type            Type
	TypeProbability float64
}

// Read judges a page with the model that is built in.
func Read(p *Page) Choice { return builtIn().Judge(Measure(p)) }

// Shares of the models of words in the judgement; found by cross-validation.
const (
	typeWords  = 0.5
	blockWords = 0.15
)

// The models saw few small pages. On pages with fewer than fewWords words the rules of furniture take part, up to
// maxRuled, with the probabilities that what they leave and what they find is main text.
const (
	fewWords                  = 600
	maxRuled                  = 0.7
	ruledText, ruledFurniture = 0.9, 0.02
)

// minArticleType is how probable it must be that a page is an article before it is trimmed like one.
const minArticleType = 0.5

// Judge judges a page.
func (m *Model) Judge(s *Sheet) Choice {
	types := m.PageTypes(s)
	probabilities := m.blocks(s, types)
	best := 0
	for k := range types {
		if types[k] > types[best] {
			best = k
		}
	}
	keep, confidence := Choose(s.Blocks, probabilities)
	if types[0] > minArticleType || s.Article != "" {
		keep = s.keepTrimmed(keep)
	}
	return Choice{
		Keep: keep, Probabilities: probabilities, Types: types,
		Confidence: m.Confidence(confidence, types), Type: Types[best], TypeProbability: types[best],
	}
}

// Confidence draws an expected F1 half way to the mean F1 of the page's type: the blocks of some types of page are
// right or wrong together more often than their probabilities say.
func (m *Model) Confidence(f1 float64, types []float64) float64 {
	if m.TypeF1 == nil {
		return f1
	}
	mean := 0.0
	for k, p := range types {
		mean += p * m.TypeF1[k]
	}
	return (f1 + mean) / 2
}

// keepTrimmed trims what is kept of an article.
func (s *Sheet) keepTrimmed(keep []bool) []bool {
	var kept []int
	for i, is := range keep {
		if is {
			kept = append(kept, i)
		}
	}
	trimmed := make([]bool, len(keep))
	for _, i := range s.trimArticle(kept) {
		trimmed[i] = true
	}
	return trimmed
}

// PageTypes returns the probability of each of Types.
func (m *Model) PageTypes(s *Sheet) []float64 {
	row, terms := s.PageRow(), s.PageTerms()
	scale := TermScale(terms)
	measured, worded, sum := make([]float64, len(Types)), make([]float64, len(Types)), 0.0
	for k := range Types {
		measured[k] = m.Types[k].Predict(row)
		worded[k] = m.TypeWords[k].Score(terms, scale)
		sum += measured[k]
	}
	Softmax(worded)
	for k := range measured {
		measured[k] = (1-typeWords)*measured[k]/sum + typeWords*worded[k]
	}
	return measured
}

// TermScale is how much each term of a page counts: long pages have more of them.
func TermScale(terms []uint32) float64 { return 1 / math.Sqrt(float64(len(terms)+1)) }

// blocks returns the probability that each block is main text.
func (m *Model) blocks(s *Sheet, types []float64) []float64 {
	words := m.BlockWords.scoreBlocks(s)
	probabilities := make([]float64, len(s.Blocks))
	ruled := maxRuled * (1 - ratio(min(s.total.words, fewWords), fewWords))
	s.eachBlockRow(types, func(i int, row []float32) {
		probabilities[i] = mix(m.Blocks.Predict(row), trees.Sigmoid(words[i]), blockWords)
		said := ruledText
		if s.facts[i].furniture {
			said = ruledFurniture
		}
		probabilities[i] = mix(probabilities[i], said, ruled)
	})
	return probabilities
}

// scenarios are the log odds by which all probabilities of a page may be wrong together, equally likely: the means of
// five parts of a normal distribution with a deviation of 1.
var scenarios = []float64{-1.4, -0.53, 0, 0.53, 1.4}

// Choose keeps the most probable blocks: as many as give the highest expected F1 of the kept words against the main
// text, 2·kept∧main / (kept + main), over the scenarios. It returns that F1 too.
func Choose(blocks []Block, probabilities []float64) (keep []bool, f1 float64) {
	order := make([]int, len(blocks))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case probabilities[a] > probabilities[b]:
			return -1
		case probabilities[a] < probabilities[b]:
			return 1
		}
		return 0
	})
	main := make([][]float64, len(scenarios)) // expected words of the main text, up to each block in the order
	for k, shift := range scenarios {
		main[k] = make([]float64, len(order)+1)
		for n, i := range order {
			likely := trees.Sigmoid(trees.Logit(probabilities[i]) + shift)
			main[k][n+1] = main[k][n] + likely*float64(blocks[i].Words)
		}
	}
	kept, best := 0.0, 0
	for n, i := range order {
		kept += float64(blocks[i].Words)
		mean := 0.0
		for k := range scenarios {
			mean += 2 * main[k][n+1] / max(kept+main[k][len(order)], 1) / float64(len(scenarios))
		}
		if mean > f1 {
			f1, best = mean, n+1
		}
	}
	keep = make([]bool, len(blocks))
	for _, i := range order[:best] {
		keep[i] = true
	}
	return keep, f1
}
