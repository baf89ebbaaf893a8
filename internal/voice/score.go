package voice

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/alwrity/onboarding/internal/onboarding"
)

const (
	// minScoredWords is the least text that has a score.
	minScoredWords = 30
	// The scores from which a text is on voice or near it.
	onVoice, nearVoice = 70, 50
	// maxSentences bounds the drifting sentences, minSentenceWords is the shortest that is judged.
	maxSentences     = 10
	minSentenceWords = 4
	// maxText is how many words of a text are scored.
	maxText = 20_000
)

// Score compares a text with the voice of a site. limits are those of the platform that it is written for, the zero
// value for none.
func (r *Reader) Score(
	v *onboarding.VoiceProfile, text string, limits onboarding.PlatformLimits,
) onboarding.VoiceScore {
	out := onboarding.VoiceScore{
		Parts: map[string]int{}, Measures: []onboarding.MeasuredHabit{}, Sentences: []onboarding.DriftingSentence{},
		Limits: BrokenLimits(text, limits),
	}
	text = firstWords(text, maxText)
	l, site, reason := r.comparable(v, text)
	if reason != "" {
		out.Words, out.Reason = len(strings.Fields(text)), reason
		return out
	}
	c := l.count(text)
	cosines := l.model.cosines(l.model.vector(c), site)
	score := int(math.Round(scoreOf(l.model.weigh(cosines, min(c.words, v.Words)))))
	out.Words, out.Score, out.Band = c.words, &score, band(score)
	for i, cosine := range cosines {
		out.Parts[partNames[i]] = int(math.Round(100 * max(0, cosine)))
	}
	out.Measures = compareHabits(l.habits(c.totals), v.Measures, c.totals)
	out.Sentences = l.drifting(text, v, site)
	return out
}

func band(score int) string {
	switch {
	case score >= onVoice:
		return "on_voice"
	case score >= nearVoice:
		return "near"
	}
	return "off_voice"
}

// comparable returns the language and the profile of a voice, or why the text can't be compared with it.
func (r *Reader) comparable(v *onboarding.VoiceProfile, text string) (*language, vector, string) {
	if v == nil {
		return nil, nil, "The voice of the site was not measured: it takes 30 words of running text in one of the " +
			"languages " + strings.Join(r.Languages(), ", ") + "."
	}
	l := r.languages[v.Language]
	if l == nil || l.modelName != v.Model {
		return nil, nil, "The analysis was made by another version; analyse the site again."
	}
	site := l.model.decode(v.Features)
	if site == nil {
		return nil, nil, "The measured voice is damaged; analyse the site again."
	}
	words := len(strings.Fields(text))
	if words < minScoredWords {
		return nil, nil, fmt.Sprintf("It takes %d words to hear a voice; there are %d.", minScoredWords, words)
	}
	if other := r.likelyLanguage(text); other != v.Language {
		return nil, nil, fmt.Sprintf("The text looks like %q and the site is written in %q.", other, v.Language)
	}
	return l, site, ""
}

// likelyLanguage is the language whose 500 commonest words make up most of a text.
func (r *Reader) likelyLanguage(text string) string {
	best, most := "", -1
	for _, code := range r.Languages() {
		l, n := r.languages[code], 0
		for _, t := range l.tokens(firstWords(text, 500)) {
			if t.word && l.common[t.lower] {
				n++
			}
		}
		if n > most {
			best, most = code, n
		}
	}
	return best
}

// compareHabits sets the habits of a text beside those of the site. The range is widened by the sampling error of the
// text (95% of one side).
func compareHabits(own, site []onboarding.VoiceMeasure, c totals) []onboarding.MeasuredHabit {
	const oneSided = 1.64
	out := []onboarding.MeasuredHabit{}
	for _, m := range own {
		i := slices.IndexFunc(site, func(s onboarding.VoiceMeasure) bool { return s.Name == m.Name })
		if i < 0 {
			continue
		}
		h := onboarding.MeasuredHabit{
			Name: m.Name, Value: m.Value, Site: site[i].Value, Low: site[i].Low, High: site[i].High,
		}
		per := 1000 / max(float64(c.words), 1)
		scale := oneSided * per * math.Sqrt(max(m.Value/per, 1))
		switch m.Name {
		case "sentence_words": // sentences of one writer vary by about 0.6 of their mean
			scale = oneSided * 0.6 * m.Value / math.Sqrt(max(float64(c.sentences), 1))
		case "questions":
			per = 100 / max(float64(c.sentences), 1)
			scale = oneSided * per * math.Sqrt(max(m.Value/per, 1))
		}
		if h.Low != nil && h.High != nil {
			h.Within = new(m.Value >= *h.Low-scale && m.Value <= *h.High+scale)
		}
		out = append(out, h)
	}
	return out
}

// drifting are the sentences of a text that the site would not write.
func (l *language) drifting(text string, v *onboarding.VoiceProfile, site vector) []onboarding.DriftingSentence {
	type found struct {
		onboarding.DriftingSentence
		weight float64
	}
	var all []found
	habits := map[string]float64{}
	for _, m := range v.Measures {
		habits[m.Name] = m.Value
	}
	rates := l.model.rates(site)
	for _, s := range l.sentences(l.tokens(text)) {
		if s.words < minSentenceWords {
			continue
		}
		reasons, weight := l.reasons(s, v, habits, rates)
		if len(reasons) > 0 {
			all = append(all, found{onboarding.DriftingSentence{Text: s.text(), Reasons: reasons}, weight})
		}
	}
	slices.SortStableFunc(all, func(a, b found) int { return cmp.Compare(b.weight, a.weight) })
	out := []onboarding.DriftingSentence{}
	for _, f := range all[:min(len(all), maxSentences)] {
		out = append(out, f.DriftingSentence)
	}
	return out
}

// rates are the rate of each common word on the site and in the language.
func (m *Model) rates(site vector) map[string][2]float64 {
	out := map[string][2]float64{}
	from, to := m.span(functionWords)
	for i, f := range m.features[from:to] {
		own := site[from+i]
		out[f.name] = [2]float64{own * own, f.mean * f.mean}
	}
	return out
}

// reasons says why a sentence drifts and how much, in points that only order sentences.
func (l *language) reasons(
	s sentence, v *onboarding.VoiceProfile, habits map[string]float64, rates map[string][2]float64,
) (onboarding.List, float64) {
	var out onboarding.List
	weight := 0.0
	add := func(points float64, format string, args ...any) {
		out = append(out, fmt.Sprintf(format, args...))
		weight += points
	}
	if v.LongSentence > 0 && s.words > v.LongSentence {
		add(float64(s.words)/float64(v.LongSentence), "It has %d words; 95 of 100 sentences of the site have at most %d.",
			s.words, v.LongSentence)
	}
	used := map[string][]string{}
	var rare []string
	for _, t := range s.tokens {
		if !t.word {
			used[t.text] = append(used[t.text], t.text)
			continue
		}
		for _, form := range l.formsOf(t) {
			used[form] = append(used[form], t.text)
		}
		if r, ok := rates[t.lower]; ok && r[1] > 3e-4 && r[0] < r[1]/4 && !slices.Contains(rare, t.lower) {
			rare = append(rare, t.lower)
		}
	}
	for _, w := range v.Avoided {
		if strings.Contains(" "+strings.ToLower(s.text())+" ", " "+w.Text+" ") {
			add(1, "The site avoids “%s” (%d times, %.0f expected).", w.Text, w.Count, w.Expected)
		}
	}
	for _, rule := range driftRules {
		if n := len(used[rule.feature]); n >= rule.least && v.Words >= rule.siteWords && habits[rule.measure] < rule.below {
			add(1, "%s", fmt.Sprintf(rule.reason, strings.Join(first(used[rule.feature], 3), "”, “"), habits[rule.measure]))
		}
	}
	if len(rare) >= 2 && v.Words >= minRareWords {
		add(0.5*float64(len(rare)), "Words that the site hardly uses: “%s”.", strings.Join(first(rare, 4), "”, “"))
	}
	return out, weight
}

// minRareWords is the site from which rare common words say something.
const minRareWords = 1000

// driftRule says that a site with a measure below some rate would not write a sentence with so many of a feature.
type driftRule struct {
	feature, measure string
	least, siteWords int
	below            float64
	reason           string
}

var driftRules = []driftRule{
	{"!", "exclamations", 1, 500, 1, "It exclaims (“%s”); the site has %.1f exclamation marks in 1,000 words."},
	{"?", "questions", 1, 500, 0.5, "It asks (“%s”); %.1f of 100 sentences of the site do."},
	{"—", "dashes", 1, 500, 0.5, "It has a dash (“%s”); the site has %.1f in 1,000 words."},
	{"–", "dashes", 1, 500, 0.5, "It has a dash (“%s”); the site has %.1f in 1,000 words."},
	{"first_singular", "first_singular", 1, 500, 1, "“%s”: the site hardly says “I” (%.1f in 1,000 words)."},
	{"first_plural", "first_plural", 1, 500, 1, "“%s”: the site hardly says “we” (%.1f in 1,000 words)."},
	{"second", "second", 1, 500, 1, "“%s”: the site hardly addresses the reader (%.1f in 1,000 words)."},
	{contractions, contractions, 1, 500, 1, "“%s”: the site hardly contracts words (%.1f in 1,000 words)."},
	{"intensifiers", "intensifiers", 2, 500, 8, "Strong words (“%s”); the site has %.1f in 1,000 words."},
	{"hedges", "hedges", 2, 500, 5, "Hedges (“%s”); the site has %.1f in 1,000 words."},
}

func first(list []string, n int) []string { return list[:min(len(list), n)] }

// BrokenLimits says which limits of a platform a text breaks, a sentence each.
func BrokenLimits(text string, limits onboarding.PlatformLimits) onboarding.List {
	out := onboarding.List{}
	length, tags := utf8.RuneCountInString(strings.TrimSpace(text)), 0
	for field := range strings.FieldsSeq(text) {
		n := utf8.RuneCountInString(field)
		if limits.Link > 0 && (strings.HasPrefix(field, "https://") || strings.HasPrefix(field, "http://")) {
			length += limits.Link - n
		}
		if strings.HasPrefix(field, "#") && n > 1 {
			tags++
		}
	}
	if limits.Characters > 0 && length > limits.Characters {
		out = append(out, fmt.Sprintf("The %s has %d characters; %d are allowed.", limits.Of, length, limits.Characters))
	}
	if limits.Hashtags > 0 && limits.Tagged == "hashtags" && tags > limits.Hashtags {
		out = append(out, fmt.Sprintf("There are %d hashtags; the limit is %d.", tags, limits.Hashtags))
	}
	return out
}
