package langdetect

import (
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sentence is a text with its language.
type sentence struct{ code, text string }

func sentences(t *testing.T) []sentence {
	t.Helper()
	file, err := os.ReadFile("testdata/texts.tsv")
	require.NoError(t, err)
	var out []sentence
	for line := range strings.Lines(string(file)) {
		code, text, _ := strings.Cut(strings.TrimSpace(line), "\t")
		out = append(out, sentence{code, text})
	}
	return out
}

// A sentence is detected, or known to be unclear.
func TestSentences(t *testing.T) {
	t.Parallel()
	list := sentences(t)
	right, reliable := 0, 0
	for _, s := range list {
		found := Detect(s.text, "")
		if found.Code == s.code {
			right++
		}
		if found.Reliable {
			reliable++
			assert.Equal(t, s.code, found.Code, s.text)
		}
	}
	assert.GreaterOrEqual(t, right, len(list)-4)
	assert.GreaterOrEqual(t, 10*reliable, 8*len(list))
}

// A declaration decides between close languages, and never makes one out of another.
func TestDeclaredIsEvidence(t *testing.T) {
	t.Parallel()
	list := sentences(t)
	for _, s := range list {
		found := Detect(s.text, s.code)
		assert.Equal(t, s.code, found.Code, "declared: %s", s.text)
		for _, declared := range []string{"en-US", "de", "sv", "ru", "ja", "tlh", "x-default"} {
			if found := Detect(s.text, declared); found.Confidence > 0 {
				assert.Equal(t, Detect(s.text, "").Code, found.Code, "declared %s: %s", declared, s.text)
			} else {
				assert.False(t, found.Reliable, s.text)
			}
		}
	}
	for _, test := range []struct{ text, declared, code string }{
		{"Hello", "en-GB", "en"},
		{"Hello", "", ""},
		{"Hallo", "nb_NO", "no"},
		{"", "", ""},
		{"", "de", "de"},
		{"12345 67890 !!!", "de", "de"},
		{"Привет", "en", ""},
		{"こんにちは", "en", "ja"},
		{"Moin", "frr", "frr"},
	} {
		found := Detect(test.text, test.declared)
		assert.Equal(t, test.code, found.Code, test)
		assert.False(t, found.Reliable, test)
	}
}

// A text in an unknown language, or in several, is not reliable.
func TestUnclear(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"qwzx vrtk plmn bcdf ghjk qwrt zxcv bnmp lkjh gfds qwzx vrtk plmn bcdf",
		"nuqneH. Qapla'. tlhIngan Hol Dajatlh'a'. HIja'. bortaS bIr jablu'DI' reH QaQqu' nay'.",
		"Sony WH-1000XM5, Bose QC45, JBL Tune 760NC, Sennheiser HD 450BT, Philips TAH6506BK, Teufel Real Blue",
		"https://www.example.com/en/about https://www.example.com/en/contact https://www.example.com/en/prices",
		"Мы чиним велосипеды в старом городе и продаём их. We repair bicycles in the old town and sell them.",
		strings.Repeat("\x00\xff", 3000), "🙂🙂🙂", "ǅ",
	} {
		assert.False(t, Detect(text, "").Reliable, "%q: %v", text, Detect(text, ""))
	}
}

// Names, addresses and numbers between its words don't hide the language.
func TestLanguageBetweenNames(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ code, text string }{
		{"pt", "A classificação da corrida: Kyle Busch, Ryan Blaney, Denny Hamlin e Kevin Harvick. Nesta página você terá sempre " +
			"a classificação até a última corrida. Os pilotos Austin Dillon, Joey Logano e Martin Truex também correm."},
		{"sv", "Ring oss på 08-123 45 67 eller skriv till info@example.com, så hjälper vi dig med din nya Crescent Elia."},
		{"de", "Der Teufel Real Blue NC kostet 199,99 € und ist in den Farben Night Black und Pearl White lieferbar."},
		{"en", "Welcome to Łódź! Visit Plac Wolności, Manufaktura and the Księży Młyn quarter with one of our guides."},
	} {
		found := Detect(test.text, "")
		assert.Equal(t, test.code, found.Code, test.text)
		assert.True(t, found.Reliable, test.text)
	}
}

// All of a long text counts, not only how it begins.
func TestSampleOfLongText(t *testing.T) {
	t.Parallel()
	list := sentences(t)
	for _, s := range list {
		found := Detect("Home About Shop News Contact "+strings.Repeat(s.text+" ", 200), "")
		if found.Reliable {
			assert.Equal(t, s.code, found.Code, s.text)
		}
	}
	assert.Less(t, len(sample(strings.Repeat("один два ", 5000))), maxSample+sampleParts)
	assert.NotContains(t, sample(strings.Repeat("один-два ", 5000)), "\ufffd")
}

// Training gives the same model for the same texts, and a model that knows them apart.
func TestTrain(t *testing.T) {
	t.Parallel()
	texts := []Text{
		{"aa", strings.Split(strings.Repeat("kala mala tala\npala kala wala\n", 20), "\n")},
		{"bb", strings.Split(strings.Repeat("bindo fendi gundo\nbindi lundo rendo\n", 20), "\n")},
	}
	file := Train(texts)
	assert.Equal(t, file, Train(texts))
	model := Read(file)
	assert.Equal(t, "aa", model.Detect("kala pala mala tala kala wala pala mala tala kala mala", "").Code)
	assert.Equal(t, "bb", model.Detect("bindo lundo gundo fendi bindi rendo bindo gundo fendi lundo", "").Code)
}

// The digest is what the training printed: the model in the repository is the one that its program makes.
func TestEmbeddedModel(t *testing.T) {
	t.Parallel()
	const digest = "4438f5cc8e4b95f0c24bddf8f121d0ea0422b20e7acc4bd564de428cbf615866"
	assert.Equal(t, digest, fmt.Sprintf("%x", sha256.Sum256(modelFile)))
	languages := embedded().Languages()
	assert.Len(t, languages, 134)
	for _, code := range languages {
		assert.NotEqual(t, code, Name(code), "the name of %s", code)
		assert.Equal(t, code, Canonical(code))
	}
	assert.Equal(t, "xx", Name("xx"))
}

func BenchmarkDetect(b *testing.B) {
	text := strings.Repeat("We repair bicycles in the old town, and you can wait for it with a cup of coffee. ", 100)
	for b.Loop() {
		Detect(text, "")
	}
}
