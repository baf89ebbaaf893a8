package persona

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/wording"
)

// MergeCore merges the answer of a model into a core persona. The identity of the answer
// replaces the derived one where it is not empty. Otherwise the answer only fills gaps,
// so that measured values stay; avoided words and tones are combined. Rewrites are kept whose second sentence stands in
// the measured text. The answer has
// the shape of CorePrompt's schema, with texts of at most 1,000 runes; lists are cut after
// 15 items. Errors wrap onboarding.ErrBadAnswer.
func (g *Generator) MergeCore(
	in onboarding.PersonaSources, core onboarding.CorePersona, answer onboarding.Answer,
) (onboarding.CorePersona, error) {
	var got coreAnswer
	if err := g.read(answer, &got); err != nil {
		return core, err
	}
	replace(reflect.ValueOf(&core.Identity).Elem(), reflect.ValueOf(got.Identity))
	words, own := &core.LinguisticFingerprint.LexicalFeatures, got.Fingerprint.Lexical
	words.GoToWords = orElse(words.GoToWords, own.GoToWords)
	words.GoToPhrases = orElse(words.GoToPhrases, own.GoToPhrases)
	words.AvoidWords = union(words.AvoidWords, without(own.AvoidWords, coreWords(core)))
	fillGaps(reflect.ValueOf(&core.LinguisticFingerprint.RhetoricalDevices).Elem(),
		reflect.ValueOf(got.Fingerprint.Devices))
	fillGaps(reflect.ValueOf(&core.TonalRange).Elem(), reflect.ValueOf(got.TonalRange))
	core.TonalRange.ForbiddenTones = without(core.TonalRange.ForbiddenTones, set(core.TonalRange.PermissibleTones))
	core.StyleGuide.Rewrites = rewrites(in, got.Rewrites)
	core.Meta = mergedMeta(core.Meta, answer.Model)
	core.Meta.Uncertainty = uncertainty(&core, core.Meta.Uncertainty.Reasons)
	return core, nil
}

// MergePlatform merges the answer of a model into a platform persona: it fills gaps and
// appends the lists of the answer to the derived ones. The answer's sample post replaces the derived one where it keeps
// the platform's limits and the voice; else a warning says why not. Otherwise it is like MergeCore.
func (g *Generator) MergePlatform(
	in onboarding.PersonaSources, core onboarding.CorePersona, persona onboarding.PlatformPersona, p onboarding.Platform,
	answer onboarding.Answer,
) (onboarding.PlatformPersona, []onboarding.Warning, error) {
	got := newAnswer(p)
	if err := g.read(answer, got); err != nil {
		return persona, nil, err
	}
	got.merge(&persona)
	common := got.common()
	fillGaps(reflect.ValueOf(&persona.LexicalAdaptations).Elem(), reflect.ValueOf(common.Lexical))
	format, engagement := &persona.ContentFormatRules, &persona.EngagementPatterns
	format.ParagraphStructure = cmp.Or(format.ParagraphStructure, common.Format.ParagraphStructure)
	format.CallToActionStyle = cmp.Or(format.CallToActionStyle, common.Format.CallToActionStyle)
	format.LinkPlacement = cmp.Or(format.LinkPlacement, common.Format.LinkPlacement)
	engagement.EngagementTactics = union(engagement.EngagementTactics, common.Engagement.EngagementTactics)
	engagement.CommunityInteraction = cmp.Or(engagement.CommunityInteraction, common.Engagement.CommunityInteraction)
	persona.PlatformBestPractices = union(persona.PlatformBestPractices, common.Practices)
	persona.Meta = mergedMeta(persona.Meta, answer.Model)
	var warnings []onboarding.Warning
	if text := valueOf(common.Sample); text != "" {
		post, dropped := written(in, core, p, text)
		if post != nil {
			persona.Sample = post
		} else {
			warnings = append(warnings, onboarding.Warning{
				Code:    "model_unsupported",
				Message: fmt.Sprintf("The sample post for %s by the model was left out: %s", p, dropped),
			})
		}
	}
	complete(&persona, persona.Meta.Uncertainty.Reasons)
	return persona, warnings, nil
}

func (got *linkedInAnswer) merge(persona *onboarding.PlatformPersona) {
	next := valueOf(persona.LinkedInPersona)
	fillGaps(reflect.ValueOf(&next.ProfessionalNetworking).Elem(), reflect.ValueOf(got.Networking))
	fillGaps(reflect.ValueOf(&next.Features).Elem(), reflect.ValueOf(got.Features))
	fillGaps(reflect.ValueOf(&next.ProfessionalContext).Elem(), reflect.ValueOf(got.Context))
	persona.LinkedInPersona = &next
}

func (got *facebookAnswer) merge(persona *onboarding.PlatformPersona) {
	next := valueOf(persona.FacebookPersona)
	fillGaps(reflect.ValueOf(&next.Engagement).Elem(), reflect.ValueOf(got.Engaging))
	fillGaps(reflect.ValueOf(&next.Formats).Elem(), reflect.ValueOf(got.Formats))
	fillGaps(reflect.ValueOf(&next.CommunityBuilding).Elem(), reflect.ValueOf(got.Community))
	persona.FacebookPersona = &next
}

// read decodes an answer and counts the outcome. Errors don't quote the answer.
func (g *Generator) read(answer onboarding.Answer, into any) error {
	err := errShape
	if json.Unmarshal(answer.Value, into) == nil {
		err = tidy(reflect.ValueOf(into).Elem())
	}
	if err != nil {
		g.merges.WithLabelValues("refused").Inc()
		return fmt.Errorf("read persona of the model: %w: %w", onboarding.ErrBadAnswer, err)
	}
	g.merges.WithLabelValues("merged").Inc()
	return nil
}

// Faults of an answer.
var (
	errShape = errors.New("it does not match the schema")
	errNull  = errors.New("a text holds a null character")
	errLong  = errors.New("a text is too long")
)

// tidy trims texts (empty pointers become nil), drops empty list items and what can't be seen, cuts lists, and
// refuses texts that are too long or can't be stored.
func tidy(v reflect.Value) error {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if err := tidy(v.Field(i)); err != nil {
				return err
			}
		}
	case reflect.String:
		text, err := tidyText(v.String())
		if err != nil {
			return err
		}
		v.SetString(text)
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
		if v.Type().Elem().Kind() == reflect.Struct {
			for i := range v.Len() {
				if err := tidy(v.Index(i)); err != nil {
					return err
				}
			}
			return nil
		}
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
	if strings.ContainsRune(text, 0) {
		return "", errNull
	}
	text = strings.TrimSpace(wording.Visible(text))
	if utf8.RuneCountInString(text) > maxAnswerRunes {
		return "", errLong
	}
	return text, nil
}
