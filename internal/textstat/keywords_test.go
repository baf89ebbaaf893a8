package textstat

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

func keywordTexts(m onboarding.Measurements) []string {
	var out []string
	for _, k := range m.Keywords {
		out = append(out, k.Text)
	}
	return out
}

func TestKeywords(t *testing.T) {
	t.Parallel()
	meter := newTestMeter(t)
	m := measureTexts(t, meter, []string{
		"A bottom bracket can creak. Our workshop fixes every bottom bracket. The workshop is open.",
		"A creaking bottom bracket needs grease, and the workshop has grease. Workshops like grease. Acme's grease is " +
			"the best grease.",
	}, "en")
	got := keywordTexts(m)
	assert.Contains(t, got, "bottom bracket")
	assert.Contains(t, got, "workshop")
	assert.Contains(t, got, "grease")
	assert.NotContains(t, got, "bottom", "half of a name")
	assert.NotContains(t, got, "bracket", "occurs inside the phrase only")
	assert.NotContains(t, got, "open", "too general")
	for _, k := range m.Keywords {
		if k.Text == "workshop" {
			assert.Equal(t, 4, k.Count, "plural and singular together")
			assert.Equal(t, 2, k.Pages)
		}
	}
}

func TestKeywordsInOtherLanguages(t *testing.T) {
	t.Parallel()
	meter := newTestMeter(t)
	german := measureText(t, meter,
		"Unsere Werkstatt repariert jedes Fahrrad. Das Fahrrad steht in der Werkstatt, und die Werkstatt ist offen. Ein "+
			"Fahrrad braucht Pflege.", "de")
	assert.Subset(t, keywordTexts(german), []string{"Werkstatt", "Fahrrad"})
	assert.NotContains(t, keywordTexts(german), "und")
	japanese := measureText(t, meter, "私たちは世田谷で三十年、自転車の修理を続けてきました。パンク修理からオーバーホールまで、あなたの自転車を丁寧に整備します。"+
		"電動自転車の整備も承ります。電動自転車のバッテリー交換など、どんなご相談でもお気軽に当店へどうぞ。"+
		"お客様の自転車を長く安全に使っていただくために、私たちは定期点検をおすすめしています。", "ja")
	assert.Subset(t, keywordTexts(japanese), []string{"電動自転車", "自転車"})
	assert.NotContains(t, keywordTexts(japanese), "当店")
	require.NotNil(t, japanese.Person.FirstPlural)
	assert.Positive(t, *japanese.Person.FirstPlural)
	assert.Positive(t, *japanese.Person.Second)
	arabic := measureText(t, meter, "نحن في عيادة النور نقدم خدمات طب الأسنان للعائلات في الرياض منذ عشرين عاما. يقوم أطباء الأسنان لدينا "+
		"بعلاج الأسنان وتنظيف الأسنان وزراعة الأسنان بعناية كبيرة. نشرح لك خطوات العلاج قبل البدء، ونحدد لك التكلفة بوضوح.", "ar")
	assert.Contains(t, keywordTexts(arabic), "الأسنان")
	assert.NotContains(t, keywordTexts(arabic), "في")
	require.NotNil(t, arabic.Person.FirstPlural)
	assert.Positive(t, *arabic.Person.FirstPlural)
	chinese := measureText(t, meter, strings.Repeat("我们修理自行车。", 10), "zh")
	assert.Empty(t, chinese.Keywords)
	assert.NotNil(t, chinese.Keywords)
}

func TestSingular(t *testing.T) {
	t.Parallel()
	for plural, want := range map[string]string{
		"services": "service", "companies": "company", "boxes": "box", "glass": "glass", "analysis": "analysis", "bus": "bus",
		"gas": "gas", "dress": "dress", "branches": "branch", "pregnancy care": "pregnancy care", "nasa's": "nasa",
		"wellness": "wellness",
	} {
		assert.Equal(t, want, Singular(plural, "en"), plural)
	}
	assert.Equal(t, "autos", Singular("autos", "de"))
}

func TestPhrasesAndTransitions(t *testing.T) {
	t.Parallel()
	meter := newTestMeter(t)
	m := measureText(t, meter, strings.Join([]string{
		"First, we make slow bread. However, slow bread takes time and our slow bread is worth it.",
		"For example, slow bread keeps for a week. He came first. However, it is not cheap.",
	}, "\n\n"), "en")
	require.NotEmpty(t, m.Phrases)
	assert.Equal(t, onboarding.Term{Text: "slow bread", Count: 4, Pages: 1}, m.Phrases[0])
	counts := map[string]int{}
	for _, term := range m.Transitions {
		counts[term.Text] = term.Count
	}
	assert.Equal(t, map[string]int{"however": 2, "for example": 1, "first": 1}, counts)
}

func TestTopics(t *testing.T) {
	t.Parallel()
	meter := newTestMeter(t)
	m := measureText(t, meter, strings.Join([]string{
		"Sourdough bread needs a starter. Feed the starter with flour.",
		"Sourdough bread rises slowly when the starter is cold.",
		"Coffee beans are roasted here. The roastery smells of coffee beans.",
		"Our roastery sells coffee beans by the pound.",
	}, "\n\n"), "en")
	require.GreaterOrEqual(t, len(m.Topics), 2)
	byName := map[string]onboarding.Topic{}
	for _, topic := range m.Topics {
		byName[topic.Name] = topic
		assert.InDelta(t, 0.5, topic.Share, 1e-9, topic.Name)
	}
	require.Contains(t, byName, "sourdough bread")
	assert.Contains(t, byName["sourdough bread"].Terms, "starter")
	require.Contains(t, byName, "coffee beans")
	assert.Contains(t, byName["coffee beans"].Terms, "roastery")
}

func TestDevices(t *testing.T) {
	t.Parallel()
	meter := newTestMeter(t)
	m := measureText(t, meter, strings.Join([]string{
		"Is it late? We bake bread, cakes and pies. We bake every day and for everyone!",
		"It is not about speed but about taste. Big brown bread feeds families. She said “we never bake on a Sunday " +
			"morning” and smiled. It costs 25 euros.",
	}, "\n\n"), "en")
	counts := map[string]int{}
	for _, d := range m.Devices {
		counts[d.Name] = d.Count
		assert.NotEmpty(t, d.Example, d.Name)
	}
	assert.Equal(t, map[string]int{
		"question": 1, "exclamation": 1, "list_of_three": 1, "anaphora": 1, "contrast": 1,
		"alliteration": 1, "quotation": 1, "figure": 1,
	}, counts)
}
