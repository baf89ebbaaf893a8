package sentences

import (
	"embed"
	"path"
	"slices"
	"strings"
	"sync"
)

//go:embed lists/*.txt
var listFiles embed.FS

// rules are what is particular to a language. The lists hold lower case without the last point.
type rules struct {
	// titles stand before names, never before sentences; so do the abbreviations that never end a sentence.
	titles, never map[string]bool
	// abbreviations end a sentence only before one of the starters, the words that sentences often begin with.
	abbreviations, starters map[string]bool
	// numbered are abbreviations only before a number (No. 5), final ones those that mostly end sentences (etc.).
	numbered, final map[string]bool
	// ordinals reports whether a number with a point may be an ordinal; it is none after a cardinal word (at 9.).
	ordinals bool
	cardinal map[string]bool
	// nounsCapital reports whether nouns have a capital, titlesCapital whether titles always have one.
	nounsCapital, titlesCapital bool
	english                     bool
	// greek reports whether a semicolon is a question mark.
	greek bool
}

// ordinalLanguages write ordinals as a number with a point.
var ordinalLanguages = strings.Fields("bs cs da de et eu fi fo hr hsb hu is lb lv nds no pl se sk sl sr tr")

// listedAs are languages that share the list of another, which is nearly the same in writing.
var listedAs = map[string]string{"bs": "hr", "sr": "hr"}

// undetermined is the name of the list for languages without one.
const undetermined = "und"

var allRules = sync.OnceValue(loadRules)

// rulesOf returns the rules of a language.
func rulesOf(lang string) *rules {
	r := *allRules()[undetermined]
	name := lang
	if shared, ok := listedAs[lang]; ok {
		name = shared
	}
	if listed, ok := allRules()[name]; ok {
		r = *listed
	}
	r.ordinals = slices.Contains(ordinalLanguages, lang)
	r.nounsCapital = lang == "de" || lang == "lb" || lang == "nds"
	r.titlesCapital = lang == "en" || lang == "de" || lang == "fr"
	r.english, r.greek = lang == "en", lang == "el"
	return &r
}

func loadRules() map[string]*rules {
	files, err := listFiles.ReadDir("lists")
	if err != nil {
		panic(err) // they are part of the program
	}
	all := map[string]*rules{}
	for _, file := range files {
		text, err := listFiles.ReadFile(path.Join("lists", file.Name()))
		if err != nil {
			panic(err)
		}
		all[strings.TrimSuffix(file.Name(), ".txt")] = parseRules(string(text))
	}
	return all
}

// parseRules reads "[name]" headers and, under each, terms between commas; a line that starts with # is a comment.
func parseRules(text string) *rules {
	sets := map[string]map[string]bool{}
	for _, name := range []string{"titles", "never", "abbreviations", "starters", "numbered", "final", "cardinal"} {
		sets[name] = map[string]bool{}
	}
	name := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			name = strings.Trim(line, "[]")
		default:
			for term := range strings.SplitSeq(line, ",") {
				if term = strings.ToLower(strings.TrimSpace(term)); term != "" {
					sets[name][term] = true
				}
			}
		}
	}
	return &rules{
		titles: sets["titles"], never: sets["never"], abbreviations: sets["abbreviations"], starters: sets["starters"],
		numbered: sets["numbered"], final: sets["final"],
		cardinal: sets["cardinal"],
	}
}

// isTitle reports whether a word is a title before a name.
func (r *rules) isTitle(word string) bool {
	return r.titles[strings.ToLower(word)] && (!r.titlesCapital || isUpper(firstRune(word)))
}

// starts reports whether sentences often begin with a word, also before an apostrophe (l'eau).
func (r *rules) starts(word string) bool {
	word = strings.ToLower(strings.ReplaceAll(word, "’", "'"))
	first, _, _ := strings.Cut(word, "'")
	return r.starters[word] || r.starters[first]
}
