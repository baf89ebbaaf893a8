package voice

import (
	"embed"
	"errors"
	"fmt"
	"hash/fnv"
	"path"
	"slices"
	"strings"
	"sync"
)

// commonWords is how many of a language's words are not masked.
const commonWords = 500

//go:embed words/*.txt lists/*.txt model/*.txt
var files embed.FS

// Reader measures and compares texts. It is safe for concurrent use and keeps nothing between calls.
type Reader struct {
	languages map[string]*language
}

// language is what the package knows of a language.
type language struct {
	code string
	// common are the words that are not masked; rank is the place of a word among the most frequent, from 1.
	common map[string]bool
	rank   map[string]int
	// lists are the words by the name of their list; see lists/en.txt.
	lists map[string]map[string]bool
	// forms are the grammatical forms of the listed words.
	forms                 map[string]wordForms
	elided, abbreviations map[string]bool
	beforeOrdinal         map[string]bool
	model                 *Model
	// modelName changes with the model, so that profiles of different ones are never compared.
	modelName string
}

// Shared returns the reader of the embedded word lists and models, which the first call loads in some 20 ms. Broken
// files are a mistake of the build: it panics.
var Shared = sync.OnceValue(func() *Reader {
	r := &Reader{languages: map[string]*language{}}
	entries, err := files.ReadDir("words")
	for _, entry := range entries {
		code := strings.TrimSuffix(entry.Name(), ".txt")
		var broken error
		r.languages[code], broken = load(code)
		err = errors.Join(err, broken)
	}
	if err != nil {
		panic(fmt.Errorf("read the embedded files of the voice: %w", err))
	}
	return r
})

// Languages are the codes of the languages whose voice can be measured.
func (r *Reader) Languages() []string {
	var codes []string
	for code := range r.languages {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	return codes
}

func load(code string) (*language, error) {
	l := &language{
		code: code, common: map[string]bool{}, rank: map[string]int{}, elided: setOf(elisions[code]),
		abbreviations: setOf(abbreviations[code]), beforeOrdinal: setOf("am der die das den dem vom zum ab bis im"),
	}
	words, err := lines(path.Join("words", code+".txt"))
	if err != nil {
		return nil, err
	}
	for i, word := range words {
		l.rank[word] = i + 1
		if i < commonWords {
			l.common[word] = true
		}
	}
	if l.lists, err = wordLists(path.Join("lists", code+".txt")); err != nil {
		return nil, err
	}
	l.forms = formsByWord(l.lists)
	raw, err := files.ReadFile(path.Join("model", code+".txt"))
	if err != nil {
		return nil, err
	}
	sum := fnv.New32a()
	_, _ = sum.Write(raw)
	l.modelName = fmt.Sprintf("%s-%08x", code, sum.Sum32())
	l.model, err = parseModel(string(raw))
	return l, err
}

// lines are the lines of an embedded file without comments and empty ones.
func lines(name string) ([]string, error) {
	raw, err := files.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var out []string
	for line := range strings.Lines(string(raw)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			out = append(out, line)
		}
	}
	return out, nil
}

// wordLists reads "[name]" headers and their words, which commas separate.
func wordLists(name string) (map[string]map[string]bool, error) {
	all, err := lines(name)
	if err != nil {
		return nil, err
	}
	lists := map[string]map[string]bool{}
	current := map[string]bool{}
	for _, line := range all {
		if strings.HasPrefix(line, "[") {
			current = map[string]bool{}
			lists[strings.Trim(line, "[]")] = current
			continue
		}
		for word := range strings.SplitSeq(line, ",") {
			current[strings.TrimSpace(word)] = true
		}
	}
	return lists, nil
}

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		set[word] = true
	}
	return set
}

// elisions are the words that stand before an apostrophe by elision.
var elisions = map[string]string{
	"fr": "l d j m n s t c qu jusqu lorsqu puisqu",
	"it": "l d m s t c v un all dall dell nell sull quest quell dov cos",
}

// abbreviations end in a full stop within a sentence.
var abbreviations = map[string]string{
	"en": "mr mrs ms dr prof st vs etc e.g i.e inc ltd co no approx dept est fig jr sr",
	"de": "z.b bzw ca d.h dr etc evtl ggf inkl max min nr prof s str tel u.a usw vgl zzgl",
	"fr": "m mme mlle dr etc ex p env tél av bd",
	"es": "sr sra srta dr dra etc ej pág tel av avda núm ud uds",
	"pt": "sr sra dr dra etc ex pág tel av nº prof profa",
	"it": "sig dott ing avv prof ecc es pag tel n art",
}
