package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// siteFields are the judged fields in the order of the table.
var siteFields = []string{
	"language", "brand", "tagline", "industry", "audience", "tone", "formality", "sentiment", "type", "purpose",
	"pages", "keywords", "cta", "place", "email", "phone", "social",
}

// siteTruth is what an editor read off one website.
type siteTruth struct {
	Site      string              `json:"site"`
	Repo      string              `json:"repo"`
	Language  []string            `json:"language"`
	Brand     []string            `json:"brand"`
	Tagline   stems               `json:"tagline"`
	Industry  stems               `json:"industry"`
	Audience  stems               `json:"audience"`
	Tone      stems               `json:"tone"`
	Formality stems               `json:"formality"`
	Sentiment stems               `json:"sentiment"`
	Type      stems               `json:"type"`
	Purpose   stems               `json:"purpose"`
	Pages     map[string][]string `json:"pages"`
	Keywords  stems               `json:"keywords"`
	CTA       stems               `json:"cta"`
	Place     stems               `json:"place"`
	Email     hashes              `json:"email"`
	Phone     hashes              `json:"phone"`
	Social    profiles            `json:"social"`
}

// stems are parts of words: one of Any must stand in a value, none of None may. Null
// says that an empty value is right too.
type stems struct {
	Any  []string `json:"any"`
	None []string `json:"none"`
	Null bool     `json:"null"`
}

// hashes are SHA-256 sums of the contacts that must be found and may be found. Country
// is the country code of telephone numbers.
type hashes struct {
	Country string   `json:"cc"`
	Must    []string `json:"must"`
	May     []string `json:"may"`
}

// profiles are SHA-256 sums of addresses on social networks, by platform.
type profiles struct {
	Must map[string][]string `json:"must"`
	May  map[string][]string `json:"may"`
}

// judge compares the value of one field.
func (t siteTruth) judge(field string, seen siteValues) cell {
	texts := seen.texts[field]
	switch field {
	case "language":
		return verdict(texts, false, func() bool { return slices.Contains(t.Language, texts[0]) })
	case "brand":
		return verdict(texts, false, func() bool { return slices.ContainsFunc(t.Brand, sameLetters(texts[0])) })
	case "pages":
		return t.judgePages(seen.pages)
	case "keywords":
		return verdict(texts, t.Keywords.Null, func() bool { return t.Keywords.standIn(texts, 3) })
	case "cta":
		return verdict(texts, t.CTA.Null, func() bool { return t.CTA.standInCalls(texts) })
	case "formality", "sentiment", "type", "purpose":
		want := t.stemsOf(field)
		return verdict(texts, want.Null, func() bool { return slices.ContainsFunc(want.Any, equalFold(label(texts[0]))) })
	case "email":
		return t.Email.judge(texts, func(s string) []string { return []string{strings.ToLower(s)} })
	case "phone":
		return t.Phone.judge(texts, t.Phone.numbers)
	case "social":
		return t.Social.judge(seen.social)
	}
	want := t.stemsOf(field)
	return verdict(texts, want.Null, func() bool { return want.standIn(labels(texts), 1) })
}

func (t siteTruth) stemsOf(field string) stems {
	return map[string]stems{
		"tagline": t.Tagline, "industry": t.Industry, "audience": t.Audience, "tone": t.Tone, "formality": t.Formality,
		"sentiment": t.Sentiment, "type": t.Type, "purpose": t.Purpose, "place": t.Place,
	}[field]
}

// verdict judges texts: none are right where that is said, else null.
func verdict(texts []string, mayBeEmpty bool, fits func() bool) cell {
	switch {
	case len(texts) == 0 && mayBeEmpty:
		return right
	case len(texts) == 0:
		return null
	case fits():
		return right
	}
	return wrong
}

// judgePages wants a fitting type for every named page that was read.
func (t siteTruth) judgePages(types map[string]string) cell {
	read := 0
	for path, fitting := range t.Pages {
		kind, known := types[path]
		if known {
			read++
		}
		if known && !slices.Contains(fitting, kind) {
			return wrong
		}
	}
	if read == 0 {
		return null
	}
	return right
}

// standIn reports whether at least so many of the wanted stems stand in the texts, and
// none of the others does.
func (s stems) standIn(texts []string, least int) bool {
	found := 0
	for _, stem := range s.Any {
		if slices.ContainsFunc(texts, func(text string) bool { return holds(text, stem) }) {
			found++
		}
	}
	for _, stem := range s.None {
		if slices.ContainsFunc(texts, func(text string) bool { return holds(text, stem) }) {
			return false
		}
	}
	return found >= least
}

// standInCalls is standIn for calls: an unwanted one is the whole of a call.
func (s stems) standInCalls(calls []string) bool {
	for _, call := range calls {
		if slices.ContainsFunc(s.None, equalFold(strings.Trim(call, "“” "))) {
			return false
		}
	}
	return stems{Any: s.Any}.standIn(calls, 1)
}

// maxWholeStem is the longest stem that must be a whole word, in characters.
const maxWholeStem = 3

// holds reports whether a stem stands in a text, whatever the case and the form of the
// apostrophes.
func holds(text, stem string) bool {
	text, stem = plainCase(text), plainCase(stem)
	if utf8.RuneCountInString(stem) > maxWholeStem {
		return strings.Contains(text, stem)
	}
	words := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
	return slices.Contains(words, stem)
}

func plainCase(s string) string {
	return strings.NewReplacer("’", "'", "‘", "'").Replace(strings.ToLower(s))
}

func equalFold(a string) func(string) bool {
	return func(b string) bool { return plainCase(a) == plainCase(b) }
}

func sameLetters(a string) func(string) bool {
	return func(b string) bool { return lettersOf(a) == lettersOf(b) }
}

// lettersOf is a text in lower case with its letters and digits only.
func lettersOf(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// label is what stands before a bracket or a colon.
func label(text string) string {
	if end := strings.IndexAny(text, "(:"); end > 0 {
		text = text[:end]
	}
	return strings.TrimSpace(text)
}

func labels(texts []string) []string {
	out := make([]string, len(texts))
	for i, text := range texts {
		out[i] = label(text)
	}
	return out
}

// quotations matches texts in quotation marks.
var quotations = regexp.MustCompile(`“[^”]*”`)

// judge wants every hash of Must, beyond them only those of May, and each once. Forms
// are the ways to write a value before it is hashed.
func (h hashes) judge(values []string, forms func(string) []string) cell {
	seen := map[string]bool{}
	for _, value := range values {
		hash := matching(append(slices.Clone(h.Must), h.May...), forms(value))
		if hash == "" || seen[hash] {
			return wrong
		}
		seen[hash] = true
	}
	missing := slices.ContainsFunc(h.Must, func(hash string) bool { return !seen[hash] })
	switch {
	case missing && len(values) == 0:
		return null
	case missing:
		return wrong
	}
	return right
}

// matching is the first of the hashes that one of the forms has, or "".
func matching(hashes, forms []string) string {
	for _, form := range forms {
		sum := sha256.Sum256([]byte(form))
		if hash := hex.EncodeToString(sum[:]); slices.Contains(hashes, hash) {
			return hash
		}
	}
	return ""
}

var notDigits = regexp.MustCompile(`\D`)

// numbers are the ways to read a telephone number: with its country code, without a
// plus sign and the national zero.
func (h hashes) numbers(phone string) []string {
	phone = strings.ReplaceAll(phone, "(0)", "")
	all := strings.TrimPrefix(notDigits.ReplaceAllString(phone, ""), "00")
	national := strings.TrimPrefix(all, h.Country)
	return []string{
		all, h.Country + all, h.Country + strings.TrimPrefix(all, "0"),
		h.Country + strings.TrimPrefix(national, "0"),
	}
}

// judge compares the addresses: one of the right ones for every platform of Must, and
// no platform that neither Must nor May has.
func (p profiles) judge(found map[string]string) cell {
	fitting := 0
	for platform, address := range found {
		if matching(append(slices.Clone(p.Must[platform]), p.May[platform]...), []string{plainAddress(address)}) == "" {
			return wrong
		}
		if len(p.Must[platform]) > 0 {
			fitting++
		}
	}
	switch {
	case fitting == len(p.Must):
		return right
	case len(found) == 0:
		return null
	}
	return wrong
}

// plainAddress is an address without scheme, “www.”, query, fragment and last slash.
func plainAddress(address string) string {
	_, rest, found := strings.Cut(strings.ToLower(address), "://")
	if !found {
		rest = strings.ToLower(address)
	}
	if end := strings.IndexAny(rest, "?#"); end >= 0 {
		rest = rest[:end]
	}
	rest = strings.TrimSuffix(strings.TrimPrefix(rest, "www."), "/")
	if name, found := strings.CutPrefix(rest, "twitter.com"); found {
		rest = "x.com" + name
	}
	return rest
}

// text is the value of a field for people.
func (v siteValues) text(field string) string {
	switch field {
	case "pages":
		return readable(v.pages)
	case "social":
		return readable(v.social)
	}
	return readable(v.texts[field])
}

func readable(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(raw)
}
