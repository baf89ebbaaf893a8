package llmtest

import (
	"cmp"
	"encoding/json"
	"hash/fnv"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// question is what a server was asked, whatever the family.
type question struct {
	model, name  string
	system, user string
	schema       schema

	seed  uint32 // of the material
	words []string
	said  []string // sentences
}

// tokens is the length of the prompt.
func (q question) tokens() int { return tokens(q.system) + tokens(q.user) }

// tokens estimates: four characters each, as in English.
func tokens(text string) int { return (len(text) + 3) / 4 }

// items is the length of the arrays that are made.
const items = 3

// maxFillDepth ends schemas that refer to themselves.
const maxFillDepth = 16

// fill returns a JSON text that fits the question's schema, made of its material: the
// same question gives the same text.
func fill(q question) string {
	value, err := json.Marshal(q.value(q.schema, "", 0))
	if err != nil {
		return "{}"
	}
	return string(value)
}

func (q question) value(node schema, path string, depth int) any {
	if depth > maxFillDepth {
		return nil
	}
	if reference, ok := node["$ref"].(string); ok {
		return q.value(resolve(q.schema, reference), path, depth+1)
	}
	if constant, ok := node["const"]; ok {
		return constant
	}
	if choices, ok := node["enum"].([]any); ok && len(choices) > 0 {
		return choices[q.pick(path, len(choices))]
	}
	if options, ok := node["anyOf"].([]any); ok && len(options) > 0 {
		option, _ := options[0].(map[string]any)
		return q.value(option, path, depth+1)
	}
	for _, kind := range types(node) {
		if kind != "null" {
			return q.valueOf(kind, node, path, depth)
		}
	}
	return nil
}

func (q question) valueOf(kind string, node schema, path string, depth int) any {
	switch kind {
	case "object":
		object := make(map[string]any)
		properties, _ := node["properties"].(map[string]any)
		for name, property := range properties {
			inner, _ := property.(map[string]any)
			object[name] = q.value(inner, path+"/"+name, depth+1)
		}
		return object
	case "array":
		inner, _ := node["items"].(map[string]any)
		array := make([]any, items)
		for i := range array {
			array[i] = q.value(inner, path+"/"+strconv.Itoa(i), depth+1)
		}
		return array
	case "boolean":
		return q.pick(path, 2) == 0
	case "integer":
		return 1 + q.pick(path, 9)
	case "number":
		return 0.5 + float64(q.pick(path, 50))/100
	}
	return q.text(path)
}

// text makes a string: frequent words for the items of an array, a sentence of the
// material or a phrase of its words for the rest.
func (q question) text(path string) string {
	last := path[strings.LastIndexByte(path, '/')+1:]
	if i, err := strconv.Atoi(last); err == nil {
		return q.word(q.pick(path[:len(path)-len(last)], len(q.words)) + i)
	}
	if len(q.said) > 0 && q.pick(path, 2) == 0 {
		return q.said[q.pick(path+"#", len(q.said))]
	}
	first := q.pick(path, len(q.words))
	return q.word(first) + ", " + q.word(first+1) + " and " + q.word(first+2)
}

func (q question) word(i int) string {
	if len(q.words) == 0 {
		return "nothing"
	}
	return q.words[i%len(q.words)]
}

// pick returns a number below n that depends on the material and the path only.
func (q question) pick(path string, n int) int {
	if n < 1 {
		return 0
	}
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(strconv.FormatUint(uint64(q.seed), 16) + path)) // a hash has no errors
	return int(hash.Sum32() % uint32(n))                                     //nolint:gosec // n is a small positive length
}

// resolve returns the schema that a reference within the root names, nil if none.
func resolve(root schema, reference string) schema {
	path, ok := strings.CutPrefix(reference, "#")
	if !ok {
		return nil
	}
	node := map[string]any(root)
	for _, part := range strings.Split(strings.Trim(path, "/"), "/") {
		if part == "" {
			continue
		}
		if node, ok = node[part].(map[string]any); !ok {
			return nil
		}
	}
	return node
}

// The words and sentences that answers are made of.
const (
	maxWords    = 24
	maxSaid     = 12
	minWord     = 5 // runes; shorter words say little of a text
	minSentence = 30
	maxSentence = 200
)

// tag matches the elements that material comes in.
var tag = regexp.MustCompile(`</?material-[0-9a-f]+( name="[a-z0-9_]*")?>`)

// withMaterial reads what answers are made of from the user's message.
func (q question) withMaterial() question {
	text := tag.ReplaceAllString(q.user, "\n")
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(text)) // a hash has no errors
	q.seed, q.words, q.said = hash.Sum32(), frequentWords(text), sentences(text)
	return q
}

// frequentWords returns the most frequent longer words, most frequent first.
func frequentWords(text string) []string {
	counts := make(map[string]int)
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if utf8.RuneCountInString(word) >= minWord {
			counts[word]++
		}
	}
	words := make([]string, 0, len(counts))
	for word := range counts {
		words = append(words, word)
	}
	slices.SortFunc(words, func(a, b string) int { return cmp.Or(counts[b]-counts[a], cmp.Compare(a, b)) })
	return words[:min(len(words), maxWords)]
}

// sentences returns the first sentences of a text that are neither short nor long.
func sentences(text string) []string {
	var all []string
	for _, line := range strings.Split(text, "\n") {
		for _, sentence := range strings.SplitAfter(line, ". ") {
			sentence = strings.Join(strings.Fields(sentence), " ")
			if n := utf8.RuneCountInString(sentence); n >= minSentence && n <= maxSentence && len(all) < maxSaid {
				all = append(all, sentence)
			}
		}
	}
	return all
}
