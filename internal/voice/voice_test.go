package voice

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMaskHidesTheSubject(t *testing.T) {
	t.Parallel()
	r := Shared()
	for _, test := range []struct{ code, text, want string }{
		{"en", "We don’t repair 12 gearboxes,\nbut you can.", "We don't * 00 *,\nbut you can."},
		{"de", "Wir reparieren Ihr Fahrrad in 3 Tagen.", "Wir * Ihr * in 0 Tagen."},
		{"fr", "L’horlogerie de l’atelier est à vous.", "L'* de l'* est à vous."},
		{"xx", "Unknown stays", "Unknown stays"},
	} {
		masked := r.Mask(test.code, test.text)
		assert.Equal(t, test.want, masked)
		assert.Equal(t, masked, r.Mask(test.code, masked), "masking twice changes nothing")
	}
}

func TestSentencesEndWhereTheyEnd(t *testing.T) {
	t.Parallel()
	l := Shared().languages["en"]
	var texts []string
	for _, s := range l.sentences(l.tokens("Dr. Lee met J. Smith at 10 a.m. yesterday. “Come in!” she said. Why?\nA heading")) {
		texts = append(texts, s.text())
	}
	assert.Equal(t, []string{
		"Dr. Lee met J. Smith at 10 a.m. yesterday.", "“Come in!” she said.", "Why?", "A heading",
	}, texts)
}

// Every language has its lists and a model that reads as it was written.
func TestLanguagesAreComplete(t *testing.T) {
	t.Parallel()
	r := Shared()
	assert.Subset(t, r.Languages(), []string{"de", "en", "es", "fr", "it", "pt"})
	for code, l := range r.languages {
		assert.Len(t, l.common, commonWords, code)
		for _, name := range formNames {
			assert.NotEmpty(t, l.lists[name], "%s of %s", name, code)
		}
		for p := range partCount {
			from, to := l.model.span(p)
			assert.Less(t, from, to, "%s of %s", p, code)
		}
		again, err := parseModel(l.model.String())
		require.NoError(t, err)
		assert.Equal(t, l.model.String(), again.String())
	}
}

func TestBrokenModelsAreRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "part forms\n\"a\" 1\n", "weights 50 1 1\n", "weights 50 1 1 1 1 1 1 x\n",
		"weights 50 1 1 1 1 1 1 1\npart forms\nbroken\n",
	} {
		_, err := parseModel(text)
		require.ErrorIs(t, err, errModel, text)
	}
}

// A model that is fitted on some writers tells others apart, and its weights are never negative.
func TestFitTellsWritersApart(t *testing.T) {
	t.Parallel()
	chatty := "You know what? We just love it, and you will too! It's so good that I can't stop. Don't wait, call us. "
	formal := "The company, which was founded in the last century, provides services to its clients; these are, " +
		"however, subject to the terms of the agreement that has been made with them. "
	dry := "Use the first option. Set the value to 1. See the list. Do not change the order of the steps. "
	f := Shared().NewFitting("en", []Sample{
		{"a", "x", strings.Repeat(chatty, 8), 1},
		{"b", "x", strings.Repeat(formal, 8), 1},
		{"c", "x", strings.Repeat(dry, 8), 1},
	}, true)
	m := f.Fit(func(Sample) bool { return true }, nil)
	for _, w := range m.weights {
		for _, x := range w.of {
			assert.GreaterOrEqual(t, x, 0.0)
		}
	}
	pairs, _ := f.Pairs(func(Sample, Sample) *Model { return m })
	assert.Len(t, pairs, 9)
	for _, p := range pairs {
		assert.Equal(t, p.Same, p.Score > 50, "%v", p)
	}
}
