package webpage

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"": 0, "one": 1, "don't stop — now, 2026": 4, "私たちは": 2, "a-b": 2} {
		assert.Equal(t, want, Words(text), text)
	}
}

func TestLongTextIsCutAtSpaces(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "ab cd", atSpace("ab cd ef", 7))
	assert.Equal(t, "abcdefg", atSpace("abcdefgh", 7))
	assert.Equal(t, "a", Cut("aé", 2))
}

func TestTitleBrand(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{
		"Welcome | Acme": "Acme", "Home - Contact us": "", "Welcome | Other Name": "", "Acme - Tools for all": "Acme",
		"Tools": "", "Pricing: plans - Very long tail of words that is no name": "", "": "",
	} {
		assert.Equal(t, want, titleBrand(title, mustURL(t, "https://acme.example/")), title)
	}
}

func TestInvisibleCharacters(t *testing.T) {
	t.Parallel()
	for _, r := range []rune{
		0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180E, 0x200B, 0x200C, 0x200D, 0x200E, 0x202E,
		0x2060, 0x2064, 0x2069, 0x206F,
		0x3164, 0xFE00, 0xFE0F, 0xFEFF, 0xFFA0, 0xFFF9, 0xFFFB, 0x1D173, 0xE0000, 0xE0001, 0xE0020, 0xE0041, 0xE007F, 0xE0100,
		0xE01EF, 0x01, 0x7F, 0x86,
	} {
		assert.Equal(t, "ab", fold("a"+string(r)+"b"), "U+%04X", r)
	}
	assert.Equal(t, "\u0646\u200c\u0647 \u0915\u094d\u200d\u0937", fold("\u0646\u200c\u0647 \u0915\u094d\u200d\u0937"),
		"Persian and Hindi are spelled with them")
	assert.Equal(t, "\U0001F468\u200d\U0001F469", fold("\U0001F468\ufe0f\u200d\U0001F469"))
	assert.Equal(t, "\u0646\u200c\u0647", fold("\u0646\u200c\u200d\u200c\u200d\u0647"), "one of them says all")
	assert.Equal(t, "\u0646 \u0647", fold("\u0646 \u200c\u200d\u0647"))
	for _, visible := range []string{"é", "日本", "ё", "ß", "\u0644\u064e", "e\u0327", "½ € ™ → ●"} {
		assert.NotEmpty(t, fold(visible))
		assert.Len(t, []rune(fold("a"+visible)), 1+len([]rune(fold(visible))), visible)
	}
}
