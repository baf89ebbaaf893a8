package worker

import (
	"fmt"
	"math"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// measured prints the numbers that the analysis is based on.
func (p *printer) measured(m onboarding.Measurements) {
	p.rows("Measured", measuredRows(m))
	p.distribution("Words per sentence", m.SentenceWords)
	p.bars("Keywords", barsOf(m.Keywords[:min(len(m.Keywords), 12)], func(k onboarding.Keyword) bar {
		return bar{k.Text, float64(k.Count), fmt.Sprintf("%d on %s", k.Count, plural(k.Pages, "page"))}
	}))
	p.bars("Topics", barsOf(m.Topics, func(t onboarding.Topic) bar {
		return bar{t.Name, t.Share, fmt.Sprintf("%.0f %%  %s", t.Share*100, strings.Join(t.Terms, ", "))}
	}))
	p.bars("Phrases", barsOf(m.Phrases[:min(len(m.Phrases), 8)], func(t onboarding.Term) bar {
		return bar{t.Text, float64(t.Count), fmt.Sprint(t.Count)}
	}))
}

// measuredRows returns the single numbers that are known.
func measuredRows(m onboarding.Measurements) []row {
	rows := []row{}
	add := func(label, format string, scale float64, value *float64) {
		if value != nil {
			rows = append(rows, row{label, []string{fmt.Sprintf(format, *value*scale)}})
		}
	}
	add("Flesch reading ease", "%.1f", 1, m.Readability.FleschReadingEase)
	add("Flesch-Kincaid grade", "%.1f", 1, m.Readability.FleschKincaidGrade)
	add("Gunning fog", "%.1f", 1, m.Readability.GunningFog)
	add("ARI", "%.1f", 1, m.Readability.ARI)
	add("LIX", "%.1f", 1, m.Readability.LIX)
	add("Formality", "%.0f of 100", 1, m.Formality)
	add("Vocabulary (MATTR-50)", "%.2f", 1, m.Vocabulary.MATTR50)
	add("You, your", "%.1f %% of words", 100, m.Person.Second)
	add("We, our", "%.1f %% of words", 100, m.Person.FirstPlural)
	add("I, my", "%.1f %% of words", 100, m.Person.FirstSingular)
	add("Passive sentences", "%.0f %%", 100, m.Syntax.PassiveShare)
	add("Imperative sentences", "%.0f %%", 100, m.Syntax.ImperativeShare)
	add("Questions", "%.0f %%", 100, m.Syntax.QuestionShare)
	if m.Sentiment != nil {
		add("Sentiment", "%+.2f on a scale of -1 to 1", 1, &m.Sentiment.Mean)
	}
	return rows
}

// distribution prints a histogram with its summary.
func (p *printer) distribution(title string, d *onboarding.Distribution) {
	if d == nil {
		return
	}
	p.bars(title, barsOf(d.Histogram, func(b onboarding.Bucket) bar {
		label := fmt.Sprintf("%d and more", b.From)
		if b.To != nil {
			label = fmt.Sprintf("%d to %d", b.From, *b.To)
		}
		return bar{label, float64(b.Count), fmt.Sprint(b.Count)}
	}))
	summary := fmt.Sprintf("mean %.1f, median %.0f, 80 %% between %.0f and %.0f", d.Mean, d.Median, d.P10, d.P90)
	p.line("  " + pad("", labelWidth) + summary)
}

// bar is one bar of a chart, with the note after it.
type bar struct {
	label string
	value float64
	note  string
}

func barsOf[T any](items []T, barOf func(T) bar) []bar {
	bars := make([]bar, len(items))
	for i, item := range items {
		bars[i] = barOf(item)
	}
	return bars
}

// bars prints a section of bars, the longest for the greatest value.
func (p *printer) bars(title string, bars []bar) {
	if len(bars) == 0 {
		return
	}
	p.section(title)
	greatest := math.SmallestNonzeroFloat64
	for _, b := range bars {
		greatest = max(greatest, b.value)
	}
	barWidth := p.barWidth
	noteWidth := max(p.width-2-labelWidth-barWidth-1, 8)
	for _, b := range bars {
		drawn := strings.Repeat("█", int(math.Ceil(b.value/greatest*float64(barWidth))))
		lead := pad(clean(b.label), labelWidth) + columns.FillRight(drawn, barWidth)
		for _, note := range wrap(clean(b.note), noteWidth) {
			p.line("  " + lead + " " + note)
			lead = strings.Repeat(" ", labelWidth+barWidth)
		}
	}
}
