package persona

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// MergeCore merges the answer of a model into a core persona. The identity of the answer
// replaces the derived one where it is not empty. Otherwise the answer only fills gaps,
// so that measured values stay; avoided words and tones are combined. The answer must
// match the schema of CorePrompt, with texts of at most 1,000 runes; lists are cut after
// 15 items. Errors wrap onboarding.ErrBadAnswer.
func (g *Generator) MergeCore(core onboarding.CorePersona, answer onboarding.Answer) (onboarding.CorePersona, error) {
	var got coreAnswer
	if err := g.read(answer, &got); err != nil {
		return core, err
	}
	replace(reflect.ValueOf(&core.Identity).Elem(), reflect.ValueOf(got.Identity))
	words, own := &core.LinguisticFingerprint.LexicalFeatures, got.Fingerprint.Lexical
	words.GoToWords = orElse(words.GoToWords, own.GoToWords)
	words.GoToPhrases = orElse(words.GoToPhrases, own.GoToPhrases)
	words.AvoidWords = union(words.AvoidWords, without(own.AvoidWords, coreWords(core)))
	fillGaps(reflect.ValueOf(&core.LinguisticFingerprint.RhetoricalDevices).Elem(), reflect.ValueOf(got.Fingerprint.Devices))
	fillGaps(reflect.ValueOf(&core.TonalRange).Elem(), reflect.ValueOf(got.TonalRange))
	core.TonalRange.ForbiddenTones = without(core.TonalRange.ForbiddenTones, set(core.TonalRange.PermissibleTones))
	core.Meta = mergedMeta(core.Meta, answer.Model)
	core.Meta.Uncertainty = uncertainty(core, core.Meta.Uncertainty.Reasons)
	return core, nil
}

// MergePlatform merges the answer of a model into a platform persona: it fills gaps and
// appends the lists of the answer to the derived ones. Otherwise it is like MergeCore.
func (g *Generator) MergePlatform(persona onboarding.PlatformPersona, p onboarding.Platform, answer onboarding.Answer) (onboarding.PlatformPersona, error) {
	got := newAnswer(p)
	if err := g.read(answer, got); err != nil {
		return persona, err
	}
	got.merge(&persona)
	common := got.common()
	fillGaps(reflect.ValueOf(&persona.LexicalAdaptations).Elem(), reflect.ValueOf(common.Lexical))
	format := onboarding.ContentFormatRules{ParagraphStructure: common.Format.ParagraphStructure, CallToActionStyle: common.Format.CallToActionStyle, LinkPlacement: common.Format.LinkPlacement}
	fillGaps(reflect.ValueOf(&persona.ContentFormatRules).Elem(), reflect.ValueOf(format))
	persona.EngagementPatterns.EngagementTactics = union(persona.EngagementPatterns.EngagementTactics, common.Engagement.EngagementTactics)
	if persona.EngagementPatterns.CommunityInteraction == nil {
		persona.EngagementPatterns.CommunityInteraction = common.Engagement.CommunityInteraction
	}
	persona.PlatformBestPractices = union(persona.PlatformBestPractices, common.Practices)
	persona.Meta = mergedMeta(persona.Meta, answer.Model)
	g.complete(&persona, persona.Meta.Uncertainty.Reasons)
	return persona, nil
}

func (got *linkedInAnswer) merge(persona *onboarding.PlatformPersona) {
	next := onboarding.LinkedInPersona{}
	if persona.LinkedInPersona != nil {
		next = *persona.LinkedInPersona
	}
	fillGaps(reflect.ValueOf(&next.ProfessionalNetworking).Elem(), reflect.ValueOf(got.Networking))
	fillGaps(reflect.ValueOf(&next.Features).Elem(), reflect.ValueOf(got.Features))
	fillGaps(reflect.ValueOf(&next.ProfessionalContext).Elem(), reflect.ValueOf(got.Context))
	persona.LinkedInPersona = &next
}

func (got *facebookAnswer) merge(persona *onboarding.PlatformPersona) {
	next := onboarding.FacebookPersona{}
	if persona.FacebookPersona != nil {
		next = *persona.FacebookPersona
	}
	fillGaps(reflect.ValueOf(&next.Engagement).Elem(), reflect.ValueOf(got.Engaging))
	fillGaps(reflect.ValueOf(&next.Formats).Elem(), reflect.ValueOf(got.Formats))
	fillGaps(reflect.ValueOf(&next.CommunityBuilding).Elem(), reflect.ValueOf(got.Community))
	persona.FacebookPersona = &next
}

// read decodes an answer, which must match its schema, and counts the outcome.
func (g *Generator) read(answer onboarding.Answer, into any) error {
	err := decodeAnswer(answer.Value, into)
	if err != nil {
		g.merges.WithLabelValues("refused").Inc()
		return fmt.Errorf("read persona of the model: %w: %w", onboarding.ErrBadAnswer, err)
	}
	g.merges.WithLabelValues("merged").Inc()
	return nil
}

// answerError describes what is wrong with an answer, without quoting it.
type answerError string

func (e answerError) Error() string { return string(e) }

func decodeAnswer(raw json.RawMessage, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return answerError("it does not match the schema")
	}
	if _, err := decoder.Token(); err != io.EOF {
		return answerError("it is more than one value")
	}
	var given map[string]any
	if err := json.Unmarshal(raw, &given); err != nil || given == nil {
		return answerError("it is not an object")
	}
	if !hasAll(given, shapeOf(reflect.TypeOf(into).Elem())) {
		return answerError("a required value is missing")
	}
	return tidy(reflect.ValueOf(into).Elem())
}

// hasAll reports whether an answer has all required values of the schema.
func hasAll(given map[string]any, schema map[string]any) bool {
	properties, _ := schema["properties"].(map[string]any)
	for name, property := range properties {
		value, ok := given[name]
		if !ok {
			return false
		}
		inner, _ := property.(map[string]any)
		switch value := value.(type) {
		case map[string]any:
			if !hasAll(value, inner) {
				return false
			}
		case nil: // treated like an empty text
			if inner["type"] != "string" {
				return false
			}
		}
	}
	return true
}

// tidy trims texts (empty ones become nil), drops empty list items, cuts lists, and
// refuses texts that are too long or can't be stored.
func tidy(v reflect.Value) error {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if err := tidy(v.Field(i)); err != nil {
				return err
			}
		}
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		text, err := tidyText(v.Elem().String())
		if err != nil {
			return err
		}
		v.Set(reflect.ValueOf(optional(text)))
	case reflect.Slice:
		list := onboarding.List{}
		for i := range v.Len() {
			text, err := tidyText(v.Index(i).String())
			if err != nil {
				return err
			}
			if text != "" && len(list) < maxAnswerItems && !slices.Contains(list, text) {
				list = append(list, text)
			}
		}
		v.Set(reflect.ValueOf(list))
	}
	return nil
}

func tidyText(text string) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case strings.ContainsRune(text, 0):
		return "", answerError("a text holds a null character")
	case utf8.RuneCountInString(text) > maxAnswerRunes:
		return "", answerError("a text is too long")
	}
	return text, nil
}
