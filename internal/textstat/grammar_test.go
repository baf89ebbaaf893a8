package textstat

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPassive(t *testing.T) {
	t.Parallel()
	meter := newTestMeter(t)
	lex := meter.Lexicon(English)
	for text, want := range map[string]bool{
		"The bread is baked every morning.":            true,
		"It was not really seen by anyone.":            true,
		"The books have been carefully chosen.":        true,
		"We bake the bread every morning.":             false,
		"They are tired and we were delighted.":        false,
		"She is kind, loved by all.":                   false,
		"The house is red.":                            false,
		"There is a need.":                             false,
		"He was in the room where the cake was eaten.": true,
	} {
		assert.Equal(t, want, isPassive(SplitWords(text, false), lex), text)
	}
}

func TestImperative(t *testing.T) {
	t.Parallel()
	meter := newTestMeter(t)
	lex := meter.Lexicon(English)
	for text, want := range map[string]bool{
		"Book your place today.":          true,
		"Please call us before noon.":     true,
		"Don't wait.":                     true,
		"Then add the salt.":              true,
		"Help is on the way.":             false,
		"Work can be fun.":                false,
		"We call you back.":               false,
		"Look, a bird.":                   false,
		"Go":                              false,
		"The shop sells bread and cakes.": false,
	} {
		assert.Equal(t, want, isImperative(SplitWords(text, false), lex), text)
	}
}

func TestPerson(t *testing.T) {
	t.Parallel()
	meter := newTestMeter(t)
	// 41 words: 2 of I, 3 of we, 5 of you, 2 of they.
	text := "I like my shop and we like our town and us two. You and your dog are welcome, you know that you may stay " +
		"as long as yours wants. They and their friends buy bread here on every single working day."
	m := measureText(t, meter, text, "en")
	require.Equal(t, 41, m.ProseWords)
	assert.InDelta(t, 2.0/41, *m.Person.FirstSingular, 1e-4)
	assert.InDelta(t, 3.0/41, *m.Person.FirstPlural, 1e-4)
	assert.InDelta(t, 5.0/41, *m.Person.Second, 1e-4)
	assert.InDelta(t, 2.0/41, *m.Person.Third, 1e-4)
	assert.Nil(t, m.Person.FormalAddress)
}

func TestFormOfAddress(t *testing.T) {
	t.Parallel()
	meter := newTestMeter(t)
	for text, want := range map[string]float64{
		"Wir freuen uns, dass Sie bei uns sind. Gern zeigen wir Ihnen unsere Räume, und wenn Sie möchten, bringen wir " +
			"Ihr Rad nach Hause. Haben Sie noch Fragen zu unserem Angebot, dann rufen Sie uns bitte an.": 1,
		"Wir freuen uns, dass du bei uns bist. Gern zeigen wir dir unsere Räume, und wenn du möchtest, bringen wir dein " +
			"Rad nach Hause. Hast du noch Fragen zu unserem Angebot, dann ruf uns einfach an, sagen sie.": 0,
		"Nous sommes heureux que vous soyez là. Nous vous montrons nos salles, et si vous le souhaitez, nous apportons " +
			"votre vélo chez vous. Avez-vous encore des questions sur notre offre, appelez-nous donc.": 1,
	} {
		share := measureText(t, meter, text, "").Person.FormalAddress
		require.NotNil(t, share, text)
		assert.InDelta(t, want, *share, 1e-9, text)
	}
}

func TestSyntaxShares(t *testing.T) {
	t.Parallel()
	meter := newTestMeter(t)
	text := "Do you like bread? We bake it here! The bread is sold at noon. Come in and try it. It's warm, and we don't " +
		"charge for the smell of it at all."
	x := measureText(t, meter, text, "en").Syntax
	assert.InDelta(t, 0.2, *x.QuestionShare, 1e-9)
	assert.InDelta(t, 0.2, *x.ExclamationShare, 1e-9)
	assert.InDelta(t, 0.2, *x.PassiveShare, 1e-9)
	assert.InDelta(t, 0.2, *x.ImperativeShare, 1e-9)
	assert.InDelta(t, 1000*2.0/32, *x.ContractionsPer1000, 1e-3)
}

func TestFormality(t *testing.T) {
	t.Parallel()
	meter := newTestMeter(t)
	var formal, informal strings.Builder
	for _, word := range strings.Fields("one two three four five") {
		formal.WriteString("The board of a company told us something new " + word + ".\n\n")
		informal.WriteString("Oh hey, I'm sure you know me, don't you think " + word + "?\n\n")
	}
	m := measureText(t, meter, formal.String(), "en")
	require.Equal(t, 50, m.ProseWords)
	assert.InDelta(t, (100*(15.0-10.0)/50+100)/2, *m.Formality, 1e-9, "of, the, a against us, something")
	talk := measureText(t, meter, informal.String(), "en")
	assert.Less(t, *talk.Formality, 45.0)
}

func TestPunctuation(t *testing.T) {
	t.Parallel()
	meter := newTestMeter(t)
	text := "We came to the town, we saw the old mill – and (of course) we baked there: bread, rolls; cakes...\n\nDid " +
		"we really like it there? Yes! We did, very much, and so did the others!"
	rates := measureText(t, meter, text, "en").PunctuationPer1000
	for _, name := range []string{
		"comma", "dash", "parenthesis", "colon", "semicolon", "ellipsis", "question_mark",
		"exclamation_mark",
	} {
		assert.Positive(t, rates[name], name)
	}
	assert.NotContains(t, rates, "quotation_mark")
	assert.NotContains(t, rates, "full_stop", "the three points of an ellipsis are no full stops")
}

func TestSentiment(t *testing.T) {
	t.Parallel()
	meter := newTestMeter(t)
	good := measureText(t, meter, "I love this wonderful shop. The staff are kind and happy. What a great day we had!",
		"en").Sentiment
	bad := measureText(t, meter, "I hate this horrible shop. The staff are rude and angry. What a terrible day we had!",
		"en").Sentiment
	assert.Greater(t, good.Mean, 0.4)
	assert.Less(t, bad.Mean, -0.4)
	assert.InDelta(t, 1, good.Positive, 1e-9)
	assert.InDelta(t, 1, bad.Negative, 1e-9)
}
