package hostname

import (
	"net/url"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

// Shown returns a host, with or without a port, as people write it: bücher.example for
// xn--bcher-kva.example. A label that could be taken for another one stays in ASCII.
func Shown(host string) string {
	if !strings.Contains(strings.ToLower(host), acePrefix) {
		return host
	}
	labels := strings.Split(host, ".")
	for i, label := range labels {
		labels[i] = shownLabel(label, strings.ToLower(labels[len(labels)-1]))
	}
	return strings.Join(labels, ".")
}

// ShownURL returns an address with its host as Shown shows it.
func ShownURL(address string) string {
	if !strings.Contains(strings.ToLower(address), acePrefix) {
		return address
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return address
	}
	return strings.Replace(address, u.Host, Shown(u.Host), 1)
}

// acePrefix begins a label that stands for one in Unicode.
const acePrefix = "xn--"

// shownLabel returns one label of a host under the top-level domain tld, which may have a port.
func shownLabel(label, tld string) string {
	name, _, _ := strings.Cut(label, ":")
	if !strings.HasPrefix(strings.ToLower(name), acePrefix) {
		return label
	}
	shown, err := idna.Display.ToUnicode(name)
	if err != nil || misleads(shown, !strings.HasPrefix(tld, acePrefix)) {
		return label
	}
	if back, err := hostNames.ToASCII(shown); err != nil || back != strings.ToLower(name) {
		return label // two names must not look like one
	}
	return shown + label[len(name):]
}

var (
	// togetherScripts may stand in one label, each list with Latin (UTS #39, "highly
	// restrictive").
	togetherScripts = [][]string{{"Han", "Hiragana", "Katakana"}, {"Han", "Bopomofo"}, {"Han", "Hangul"}}
	// latinLike are the letters of other scripts that look like Latin ones: a label of nothing
	// else can be taken for a Latin name.
	latinLike = map[string]string{
		"Cyrillic": "абсԁеһіјӏкмнорԗԛѕтԝухъьҽпгѵѡёї",
		"Greek":    "αβικνρυωητοχγε",
		"Armenian": "գզլհոսւօց",
	}
	// strokes are letters that look like a slash, a hyphen or a stop beside Latin ones.
	strokes = "ノヽ一ー丶丿ニ〳"
	// phonetic are Latin letters that no spelling of a language has, but lookalikes.
	phonetic = []*unicode.RangeTable{{R16: []unicode.Range16{
		{Lo: 0x0250, Hi: 0x02AF, Stride: 1}, {Lo: 0x1D00, Hi: 0x1DBF, Stride: 1}, {Lo: 0xA720, Hi: 0xA7FF, Stride: 1},
	}}}
	// composing are scripts whose letters need no combining marks once they are composed.
	composing = []string{"Latin", "Cyrillic", "Greek"}
)

// misleads reports whether a label in Unicode can be taken for another one. latinTLD reports
// whether the top-level domain is Latin too.
func misleads(label string, latinTLD bool) bool {
	scripts := scriptsOf(label)
	if !standTogether(scripts) || strings.ContainsFunc(label, unusual) || mixedDigits(label) {
		return true
	}
	if slices.Contains(scripts, "Latin") && strings.ContainsAny(label, strokes) {
		return true
	}
	if slices.ContainsFunc(composing, func(s string) bool { return slices.Contains(scripts, s) }) &&
		strings.ContainsFunc(label, unicode.IsMark) {
		return true
	}
	if len(scripts) != 1 || !latinTLD {
		return false
	}
	lookalikes, known := latinLike[scripts[0]]
	return known && !strings.ContainsFunc(label, func(r rune) bool {
		return unicode.IsLetter(r) && !strings.ContainsRune(lookalikes, r)
	})
}

// scriptsOf lists the scripts of the letters of a label in order of their names.
func scriptsOf(label string) []string {
	var found []string
	for name, table := range unicode.Scripts {
		if name != "Common" && name != "Inherited" &&
			strings.ContainsFunc(label, func(r rune) bool { return unicode.Is(table, r) }) {
			found = append(found, name)
		}
	}
	slices.Sort(found)
	return found
}

// standTogether reports whether a label may have these scripts.
func standTogether(scripts []string) bool {
	others := slices.DeleteFunc(slices.Clone(scripts), func(s string) bool { return s == "Latin" })
	return len(scripts) < 2 || slices.ContainsFunc(togetherScripts, func(list []string) bool {
		return !slices.ContainsFunc(others, func(s string) bool { return !slices.Contains(list, s) })
	})
}

// unusual reports whether a character is one that names are not written with.
func unusual(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && r != '-' && r != '·' ||
		unicode.IsOneOf(phonetic, r)
}

// mixedDigits reports whether digits of several systems stand in one label.
func mixedDigits(label string) bool {
	ascii, other := strings.ContainsAny(label, "0123456789"), false
	for _, r := range label {
		other = other || r > unicode.MaxASCII && unicode.IsDigit(r)
	}
	return ascii && other
}
