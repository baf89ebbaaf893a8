// Package legacytest makes stores of the former back end with every fault that they are known for, and says what the
// API has to answer once they were imported.
package legacytest

import (
	"encoding/json"
	"fmt"
	"strings"
)

// object is a JSON object.
type object = map[string]any

// user is what a store has of one user, and what is expected of it.
type user struct {
	id       string
	sessions int // rows of onboarding_sessions
	keys     []key
	analyses []analysis
	research []research
	personas []persona
	// competitors, business and integrations are written to stores that have them.
	competitors  []object
	business     string
	integrations object
	skipped      []int

	want Want
}

type key struct{ provider, value, at string }

type analysis struct {
	website string
	// document has the columns by name; a string is written as it is.
	document object
	status   string
	at       string
	// hashed writes the row under the hashed id of the user, where the store can.
	hashed bool
}

type research struct {
	depth  string
	types  any
	at     string
	hashed bool
}

type persona struct {
	core, platforms, quality, selected any
	at                                 string
}

// Want is what is expected of a user after an import.
type Want struct {
	ID string
	// Keys are the last four characters of the API keys by their providers.
	Keys map[string]string
	// Analyses are values of the flat analyses by website, "" for none.
	Analyses map[string]object
	// Held is the website of the analysis that step 2 holds.
	Held string
	// Research, Personas and Integrations are values of the data of the steps.
	Research, Personas, Integrations object
	// Statuses are those of steps 1 to 6.
	Statuses [6]string
	// Completed are the times at which steps were completed, by number; of all others that is unknown.
	Completed map[int]string
	Counts
}

// AnyTime stands for any time at which a step was completed.
const AnyTime = "*"

// Counts count the rows of a user or a store, Prefill those of the imported ones that complete nothing.
type Counts struct{ Source, Imported, Present, Refused, Prefill int }

// Add adds other counts.
func (c *Counts) Add(other Counts) {
	c.Source += other.Source
	c.Imported += other.Imported
	c.Present += other.Present
	c.Refused += other.Refused
	c.Prefill += other.Prefill
}

// style is a whole analysis as the former back end stores it.
func style(n int) object {
	return object{
		"writing_style": object{
			"tone": fmt.Sprintf("warm %d", n), "voice": "active", "complexity": "moderate", "engagement_level": "high",
			"brand_personality": "friendly", "formality_level": "casual", "emotional_appeal": "trust",
		},
		"content_characteristics": object{
			"sentence_structure": "short", "vocabulary_level": "plain", "paragraph_organization": "one thought each",
			"content_flow": "linear", "readability_score": "72", "content_density": "low", "visual_elements_usage": "few",
		},
		"target_audience": object{
			"demographics": []any{"bakers", fmt.Sprintf("group %d", n)}, "expertise_level": "beginner",
			"industry_focus": "food", "geographic_focus": "Europe", "psychographic_profile": "curious",
			"pain_points": []any{"time"}, "motivations": []any{"taste"},
		},
		"content_type": object{
			"primary_type": "blog", "secondary_types": []any{"guide"}, "purpose": "informational",
			"call_to_action": "subscribe", "conversion_focus": "newsletter", "educational_value": "high",
		},
		"recommended_settings": object{
			"writing_tone": "warm", "target_audience": "bakers", "content_type": "blog", "creativity_level": "medium",
			"geographic_location": "Europe", "industry_context": "food", "brand_alignment": "close",
		},
		"style_patterns": object{
			"patterns": object{
				"sentence_length": "short", "vocabulary_patterns": []any{"verbs"}, "rhetorical_devices": []any{"questions"},
				"paragraph_structure": "short", "transition_phrases": []any{"so"},
			},
			"style_consistency": "high", "unique_elements": []any{"recipes"},
		},
		"style_guidelines": object{
			"guidelines": object{
				"tone_recommendations": []any{"stay warm"}, "structure_guidelines": []any{"lead with the recipe"},
				"vocabulary_suggestions": []any{"plain words"}, "engagement_tips": []any{"ask"},
				"audience_considerations": []any{"beginners"}, "brand_alignment": []any{"honest"},
				"seo_optimization": []any{"titles"}, "conversion_optimization": []any{"one button"},
			},
			"best_practices": []any{"say what you mean"}, "avoid_elements": []any{"jargon"},
			"content_strategy": "weekly", "ai_generation_tips": []any{"short"},
			"competitive_advantages": []any{"own oven"}, "content_calendar_suggestions": []any{"Mondays"},
		},
	}
}

// flat is the flat form of a style as the API answers it.
func flat(style object) object {
	out := object{}
	for name, value := range style {
		if name != "style_guidelines" {
			out[name] = value
			continue
		}
		for inner, list := range value.(object) { //nolint:forcetypeassert // ours
			out[inner] = list
		}
	}
	return out
}

// clone returns a deep copy.
func clone(o object) (c object) {
	raw, err := json.Marshal(o)
	if err == nil {
		err = json.Unmarshal(raw, &c)
	}
	if err != nil {
		panic(err) // texts, lists and objects
	}
	return c
}

func corePersona(n int) object {
	return object{
		"identity": object{
			"persona_name": fmt.Sprintf("Nell %d", n), "archetype": "The Baker", "core_belief": "Bread is time.",
			"brand_voice_description": "Warm and plain.",
		},
		"linguistic_fingerprint": object{
			"sentence_metrics": object{
				"average_sentence_length_words": 12.5, "preferred_sentence_type": "simple",
				"active_to_passive_ratio": "9:1", "complexity_level": "low",
			},
			"lexical_features": object{
				"go_to_words": []any{"crust"}, "go_to_phrases": []any{"let it rest"}, "avoid_words": []any{"leverage"},
				"contractions": "often", "filler_words": "none", "vocabulary_level": "plain",
			},
			"rhetorical_devices": object{"metaphors": "few", "storytelling_style": "anecdotes"},
		},
		"tonal_range": object{
			"default_tone": "warm", "permissible_tones": []any{"dry"}, "forbidden_tones": []any{"salesy"},
			"emotional_range": "even",
		},
		"of_the_former_model": object{"kept": []any{1.0, "two"}},
	}
}

func platformPersona(name string) object {
	return object{
		"platform_type":    name,
		"sentence_metrics": object{"max_sentence_length": 20.0, "optimal_sentence_length": 12.0, "sentence_variety": "some"},
		"content_format_rules": object{
			"character_limit": 3000.0, "paragraph_structure": "short", "call_to_action_style": "soft", "link_placement": "end",
		},
		"platform_best_practices": []any{"post early"},
	}
}

func platforms() object {
	return object{"linkedin": platformPersona("linkedin"), "blog": platformPersona("blog")}
}

func quality() object {
	return object{
		"overall_score": 75.0, "core_completeness": 75.0, "platform_consistency": 75.0, "platform_optimization": 75.0,
		"linguistic_quality": 75.0, "recommendations": []any{"Add examples."},
	}
}

// The API keys of all users begin so, and stand nowhere but in the stores.
const canary = "Can4ry"

// Canaries are parts of all API keys that are in the stores.
var Canaries = []string{canary, exaPrefix}

func geminiKey(n int) string    { return fmt.Sprintf("AIza%s-gemini-%016d", canary, n) }
func openAIKey(n int) string    { return fmt.Sprintf("sk-%s-openai-%012d", canary, n) }
func anthropicKey(n int) string { return fmt.Sprintf("sk-ant-%s-%012d", canary, n) }
func exaKey(n int) string       { return exaPrefix + fmt.Sprintf("%012d", n) }

const exaPrefix = "e8a00000-0000-4000-8000-"

func lastFour(value string) string { return value[len(value)-4:] }

// address is the website of a user.
func address(n int) string { return fmt.Sprintf("https://site-%d.example", n) }

func times(text string, n int) string { return strings.Repeat(text, n) }
