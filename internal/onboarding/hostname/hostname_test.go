package hostname_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/onboarding/hostname"
)

// stored returns the ASCII form of a host.
func stored(t *testing.T, host string) string {
	t.Helper()
	ascii, err := hostname.ASCII(&url.URL{Scheme: "https", Host: host})
	require.NoError(t, err)
	return ascii
}

func TestShownHost(t *testing.T) {
	t.Parallel()
	for _, host := range []string{
		"bücher.example", "www.bücher.example", "bücher.example:8443", "straße.example", "düsseldorf-köln.de",
		"praxis-müller24.de", "çiçek.com.tr", "ışık.com", "señor.es", "łódź.pl", "cel·la.cat", "đà-nẵng.vn",
		"пример.рф", "пекарня.com", "хлеб.xn--p1ai", "магазин-хлеба.com", "ελλάδα.gr", "ψωμί.com", "հաց.am",
		"日本語.jp", "寿司buffet.jp", "ラーメン.com", "한국.kr", "한국-pizza.com", "中文网.com",
		"مخبز.com", "لحم.example", "לחם.co.il", "ขนมปัง.com", "रोटी.com", "ரொட்டி.com",
	} {
		ascii := stored(t, host)
		shown := hostname.Shown(ascii)
		if strings.Contains(host, "xn--") || strings.Contains(host, ".рф") {
			assert.Equal(t, strings.ReplaceAll(host, "xn--p1ai", "рф"), shown)
		} else {
			assert.Equal(t, host, shown)
		}
		assert.Equal(t, ascii, stored(t, shown), "what is shown leads to the same website")
	}
	for _, host := range []string{"example.com", "", "127.0.0.1:80", "[::1]:80", "localhost"} {
		assert.Equal(t, host, hostname.Shown(host))
	}
}

func TestHostsThatMislead(t *testing.T) {
	t.Parallel()
	for name, host := range map[string]string{
		"one Cyrillic letter":          "pаypal.com",
		"all Cyrillic":                 "аррӏе.com",
		"Cyrillic under a country":     "оса.de",
		"one Greek letter":             "gοogle.com",
		"all Greek":                    "νοκια.com",
		"all Armenian":                 "սօօ.com",
		"Cyrillic and Greek":           "хλеб.com",
		"Latin and Thai":               "aขนม.com",
		"Kana and Hangul":              "ラー한국.com",
		"a phonetic letter":            "ɡoogle.com",
		"a slash of kana":              "example.comノlogin.example",
		"a long stroke":                "exampleーlogin.com",
		"a mark that is not composed":  "gọ̈ogle.com",
		"digits of several systems":    "१2.com",
		"one label among others":       "www.аррӏе.example.com",
		"a mark over a Cyrillic vowel": "са̄ло.com",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ascii := stored(t, host)
			assert.Equal(t, ascii, hostname.Shown(ascii))
		})
	}
	for _, broken := range []string{"xn--a.com", "xn--.com", "xn--99999999999.com", "XN--BCHER-KVA.example:x", "xn--fa-hia.de."} {
		assert.NotPanics(t, func() { hostname.Shown(broken) })
	}
	assert.Equal(t, "xn--a.com", hostname.Shown("xn--a.com"))
}

func TestShownURL(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://xn--bcher-kva.example/a?b=xn--bcher-kva": "https://bücher.example/a?b=xn--bcher-kva",
		"https://xn--bcher-kva.example:8443":              "https://bücher.example:8443",
		"https://example.com/xn--bcher-kva":               "https://example.com/xn--bcher-kva",
		"":                                                "", "xn--bcher-kva": "xn--bcher-kva", "http://[::1/xn--": "http://[::1/xn--",
	} {
		assert.Equal(t, want, hostname.ShownURL(address))
		if normal, err := onboarding.NormalizeURL(address); err == nil {
			again, err := onboarding.NormalizeURL(hostname.ShownURL(normal))
			require.NoError(t, err)
			assert.Equal(t, normal, again)
		}
	}
}
