package voice

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// The site of a workshop that talks to its customers, and texts of the same and of another writer.
const (
	workshop = `Bring the bike in, and we will look at it. You know the noise, we know the cause. It takes a day or two, and you
pay what we said. If it takes longer, we call you. If it can't be mended, we say so and you pay nothing.
We fix what is broken and leave the rest alone. You get the old parts in a bag if you want them. Most of the time it is
the chain, and now and then it is the wheel. Don't wait until it rains. Come by, and have a cup of tea while we work.
You can do a lot of it on your own. We show you how on Tuesday, and you bring the bike that you have. It is not hard.
If you get stuck, ask us. We have done it a few times, and we got it wrong a few times as well. That is how we know.`
	likeIt = `You bring it in, we have a look at it, and you hear what it costs. If it is a small thing, we do it while you
wait. If it is not, we call you before we do it, so you can say no. You pay what we said and not a penny more.`
	unlikeIt = `The organisation, which was established pursuant to the applicable regulations, shall provide the services set out
in the agreement; however, its liability is limited to the extent permitted by law, and the client is responsible for the
accuracy of all information that has been furnished by him or on his behalf in the course of the engagement.`
)

func siteOf(texts ...string) []Page {
	var pages []Page
	for _, text := range texts {
		page := Page{URL: "https://site.example"}
		for line := range strings.SplitSeq(text, "\n") {
			page.Blocks = append(page.Blocks, onboarding.Block{Kind: onboarding.BlockParagraph, Text: line})
		}
		pages = append(pages, page)
	}
	return pages
}

func TestScoreTellsTheWriterFromAnother(t *testing.T) {
	t.Parallel()
	v := Shared().Read("en", siteOf(workshop), nil)
	require.NotNil(t, v)
	own := Shared().Score(&v.Profile, likeIt, onboarding.PlatformLimits{})
	other := Shared().Score(&v.Profile, unlikeIt, onboarding.PlatformLimits{})
	require.NotNil(t, own.Score)
	require.NotNil(t, other.Score)
	assert.Equal(t, "on_voice", own.Band)
	assert.Equal(t, "off_voice", other.Band)
	assert.Greater(t, *own.Score, *other.Score+30)
	require.NotEmpty(t, other.Sentences)
	assert.Contains(t, other.Sentences[0].Reasons[0], "95 of 100 sentences of the site")
	assert.Equal(t, own, Shared().Score(&v.Profile, likeIt, onboarding.PlatformLimits{}), "the same text, the same score")
}

// Against a long text the same likeness says less than against one of equal length.
func TestMatchOfUnequalLengths(t *testing.T) {
	t.Parallel()
	v := Shared().Read("en", siteOf(likeIt), nil)
	require.NotNil(t, v)
	short, long := v.Profile, v.Profile
	long.Words = 100 * short.Words
	equal, ok := Shared().Match(&short, &short)
	require.True(t, ok)
	unequal, ok := Shared().Match(&short, &long)
	require.True(t, ok)
	assert.Less(t, unequal, equal-2)
}

func TestScoresStayWithinTheirBounds(t *testing.T) {
	t.Parallel()
	for logit, want := range map[float64]float64{-1e9: 0, -30: 0, 0: 50, 30: 100, 1e9: 100} {
		assert.InDelta(t, want, scoreOf(logit), 0.01, "%v", logit)
	}
}

func TestScoreSaysWhyThereIsNone(t *testing.T) {
	t.Parallel()
	v := Shared().Read("en", siteOf(workshop), nil)
	stale, damaged := v.Profile, v.Profile
	stale.Model, damaged.Features = "en-0", "????"
	german := strings.Repeat("Wir sind für Sie da und helfen Ihnen gern bei allen Fragen. ", 5)
	for _, test := range []struct {
		profile      *onboarding.VoiceProfile
		text, reason string
	}{
		{nil, likeIt, "was not measured"},
		{&v.Profile, "Too short.", "there are 2"},
		{&v.Profile, german, `looks like "de"`},
		{&stale, likeIt, "another version"},
		{&damaged, likeIt, "damaged"},
	} {
		score := Shared().Score(test.profile, test.text, onboarding.PlatformLimits{})
		assert.Nil(t, score.Score)
		assert.Contains(t, score.Reason, test.reason)
	}
}

func TestBrokenLimits(t *testing.T) {
	t.Parallel()
	twitter, instagram := onboarding.PlatformTwitter.Limits(), onboarding.PlatformInstagram.Limits()
	link := "https://example.com/" + strings.Repeat("a", 300)
	assert.Empty(t, BrokenLimits("See "+link+" #one #two", twitter), "a link counts 23")
	assert.Equal(t, onboarding.List{
		"The post has 301 characters; 280 are allowed.", "There are 3 hashtags; the limit is 2.",
	}, BrokenLimits(strings.Repeat("a", 286)+" #one #two #six", twitter))
	assert.Len(t, BrokenLimits("#a #b #c #d #e #f", instagram), 1)
	assert.Empty(t, BrokenLimits("#a #b #c #d #e", instagram))
}

func TestReadDescribesTheVoice(t *testing.T) {
	t.Parallel()
	pages := siteOf(workshop, likeIt+"\n"+strings.Repeat("We love it! ", 60))
	pages[0].Blocks = append(pages[0].Blocks,
		onboarding.Block{Kind: onboarding.BlockQuote, Text: "The marvellous organisation behaves honourably, every single time."})
	v := Shared().Read("en", pages, []string{"Loose Spoke"})
	require.NotNil(t, v)
	for _, p := range v.Passages {
		assert.Contains(t, strings.ReplaceAll(workshop+"\n"+likeIt, "\n", " "), strings.ReplaceAll(p.Text, "\n", " "), "verbatim")
	}
	assert.NotEmpty(t, v.Traits)
	assert.LessOrEqual(t, len(v.Traits), maxTraits)
	assert.Nil(t, v.House.Spelling, "quotations are not the owner's")
	assert.Contains(t, *v.House.Reader, "addressed as you")
	assert.Nil(t, Shared().Read("en", siteOf("Too little."), nil))
	assert.Nil(t, Shared().Read("xx", pages, nil))
}

func BenchmarkScore1000Words(b *testing.B) {
	v := Shared().Read("en", siteOf(workshop), nil)
	text := strings.Repeat(likeIt+" ", 20)
	for b.Loop() {
		Shared().Score(&v.Profile, text, onboarding.PlatformLimits{})
	}
}
