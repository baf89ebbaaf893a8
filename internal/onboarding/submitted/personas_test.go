package submitted

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// parsePersonas parses documents that are fine but for what a test replaces.
func parsePersonas(core, platforms, quality, selected string) (onboarding.Personas, error) {
	or := func(text, other string) json.RawMessage {
		if text == "" {
			return json.RawMessage(other)
		}
		return json.RawMessage(text)
	}
	return ParsePersonas(or(core, `{"identity":{"persona_name":"Nell"}}`),
		or(platforms, `{"linkedin":{"platform_type":"linkedin"}}`), or(quality, `null`), or(selected, ``))
}

func TestParsePersonas(t *testing.T) {
	t.Parallel()
	got, err := parsePersonas(
		`{"identity":{"persona_name":"Nell","mood":[1,{"x":null}]},"custom":{"a":"b"},"tonal_range":null,"meta":{"confidence":"high"}}`,
		`{"twitter":{"error":"failed"},"linkedin":{"content_format_rules":{"character_limit":3000},"sentence_metrics":{"max_sentence_length":18.5},"linkedin_features":{"native_video":null}}}`,
		`{"overall_score":82,"style_consistency":81,"recommendations":["more"]}`, `["blog","linkedin","blog"]`)
	require.NoError(t, err)
	assert.JSONEq(t,
		`{"identity":{"persona_name":"Nell","mood":[1,{"x":null}]},"custom":{"a":"b"},"tonal_range":null,"meta":{"confidence":"high"}}`, string(got.Core), "stored as submitted")
	assert.JSONEq(t, `{"error":"failed"}`, string(got.Platforms[onboarding.PlatformTwitter]))
	assert.JSONEq(t, `{"overall_score":82,"style_consistency":81,"recommendations":["more"]}`, string(got.Quality))
	assert.Equal(t, []onboarding.Platform{onboarding.PlatformLinkedIn, onboarding.PlatformBlog}, got.Selected)

	var core onboarding.CorePersona
	require.NoError(t, json.Unmarshal([]byte(`{"identity":{"persona_name":"Nell"}}`), &core))

	for _, none := range []string{"null", " null ", " "} {
		got, err = parsePersonas("", `{"twitter":{},"linkedin":{}}`, none, none)
		require.NoError(t, err)
		assert.Equal(t, []onboarding.Platform{onboarding.PlatformLinkedIn, onboarding.PlatformTwitter}, got.Selected, "the platforms of the personas")
		assert.Equal(t, "null", string(got.Quality))
	}
}

func TestParsePersonasReadsWhatItAccepts(t *testing.T) {
	t.Parallel()
	core := `{"identity":{},"linguistic_fingerprint":{"sentence_metrics":{"average_sentence_length_words":12.5},"measured":{"prose_words":3e2,"sentence_words":{"mean":1,"histogram":[{"from":1,"to":null,"count":2}]},"function_words":{"the":60.1}}}}`
	got, err := parsePersonas(core,
		`{"facebook":{"confidence_score":88.5,"content_format_rules":{"character_limit":100}}}`, "", "")
	require.NoError(t, err)
	var read onboarding.CorePersona
	require.NoError(t, json.Unmarshal(got.Core, &read))
	assert.Equal(t, 300, read.LinguisticFingerprint.Measured.ProseWords)
	var platform onboarding.PlatformPersona
	require.NoError(t, json.Unmarshal(got.Platforms[onboarding.PlatformFacebook], &platform))
	assert.InDelta(t, 88.5, *platform.ConfidenceScore, 1e-9)
}

func TestParsePersonasRefuses(t *testing.T) {
	t.Parallel()
	long, many := strings.Repeat("ä", 5001), `["`+strings.Repeat(`a","`, 200)+`a"]`
	tests := map[string]struct {
		core, platforms, quality, selected string
		field, code                        string
	}{
		"no core":        {core: `null`, field: "core_persona", code: "required"},
		"core no object": {core: `[]`, field: "core_persona", code: "invalid_field"},
		"core no JSON":   {core: `{"identity"`, field: "core_persona", code: "invalid_json"},
		"two values":     {core: `{"identity":{}}{}`, field: "core_persona", code: "invalid_json"},
		"no identity":    {core: `{}`, field: "core_persona.identity", code: "required"},
		"identity null":  {core: `{"identity":null}`, field: "core_persona.identity", code: "required"},
		"identity text":  {core: `{"identity":"Nell"}`, field: "core_persona.identity", code: "invalid_field"},
		"name number": {
			core: `{"identity":{"persona_name":1}}`, field: "core_persona.identity.persona_name",
			code: "invalid_field",
		},
		"name too long": {
			core:  `{"identity":{"persona_name":"` + long + `"}}`,
			field: "core_persona.identity.persona_name", code: "too_long",
		},
		"unknown too long": {
			core: `{"identity":{},"x":{"y":["` + long + `"]}}`, field: "core_persona.x.y[0]",
			code: "too_long",
		},
		"words no list": {
			core:  `{"identity":{},"linguistic_fingerprint":{"lexical_features":{"go_to_words":"a"}}}`,
			field: "core_persona.linguistic_fingerprint.lexical_features.go_to_words", code: "invalid_field",
		},
		"word number": {
			core:  `{"identity":{},"linguistic_fingerprint":{"lexical_features":{"go_to_words":["a",1]}}}`,
			field: "core_persona.linguistic_fingerprint.lexical_features.go_to_words[1]", code: "invalid_field",
		},
		"word null": {
			core:  `{"identity":{},"tonal_range":{"permissible_tones":[null]}}`,
			field: "core_persona.tonal_range.permissible_tones[0]", code: "invalid_field",
		},
		"201 words": {
			core:  `{"identity":{},"tonal_range":{"permissible_tones":` + many + `}}`,
			field: "core_persona.tonal_range.permissible_tones", code: "too_many",
		},
		"length text": {
			core:  `{"identity":{},"linguistic_fingerprint":{"sentence_metrics":{"average_sentence_length_words":"12"}}}`,
			field: "core_persona.linguistic_fingerprint.sentence_metrics.average_sentence_length_words", code: "invalid_field",
		},
		"length negative": {
			core:  `{"identity":{},"linguistic_fingerprint":{"sentence_metrics":{"average_sentence_length_words":-1}}}`,
			field: "core_persona.linguistic_fingerprint.sentence_metrics.average_sentence_length_words", code: "out_of_range",
		},
		"words not whole": {
			core:  `{"identity":{},"linguistic_fingerprint":{"measured":{"prose_words":1.5}}}`,
			field: "core_persona.linguistic_fingerprint.measured.prose_words", code: "invalid_field",
		},
		"rate text": {
			core:  `{"identity":{},"linguistic_fingerprint":{"measured":{"function_words":{"the":"x"}}}}`,
			field: "core_persona.linguistic_fingerprint.measured.function_words.the", code: "invalid_field",
		},
		"meta no object": {core: `{"identity":{},"meta":1}`, field: "core_persona.meta", code: "invalid_field"},
		"null character": {
			core:  `{"identity":{"persona_name":"a\u0000"}}`,
			field: "core_persona.identity.persona_name", code: "invalid_character",
		},
		"null character a name": {core: `{"identity":{},"a\u0000":1}`, field: "core_persona", code: "invalid_character"},
		"no platforms":          {platforms: `null`, field: "platform_personas", code: "required"},
		"platforms empty":       {platforms: `{}`, field: "platform_personas", code: "required"},
		"platforms a list":      {platforms: `["linkedin"]`, field: "platform_personas", code: "invalid_field"},
		"platform unknown":      {platforms: `{"myspace":{}}`, field: "platform_personas", code: "unknown_platform"},
		"platform null":         {platforms: `{"blog":null}`, field: "platform_personas.blog", code: "invalid_field"},
		"limit text": {
			platforms: `{"blog":{"content_format_rules":{"character_limit":"many"}}}`,
			field:     "platform_personas.blog.content_format_rules.character_limit", code: "invalid_field",
		},
		"limit not whole": {
			platforms: `{"blog":{"content_format_rules":{"character_limit":1.5}}}`,
			field:     "platform_personas.blog.content_format_rules.character_limit", code: "invalid_field",
		},
		"confidence 101": {
			platforms: `{"facebook":{"confidence_score":101}}`,
			field:     "platform_personas.facebook.confidence_score", code: "out_of_range",
		},
		"feature number": {
			platforms: `{"linkedin":{"linkedin_features":{"native_video":1}}}`,
			field:     "platform_personas.linkedin.linkedin_features.native_video", code: "invalid_field",
		},
		"timing text": {
			platforms: `{"facebook":{"facebook_algorithm_optimization":{"timing_optimization":"late"}}}`,
			field:     "platform_personas.facebook.facebook_algorithm_optimization.timing_optimization", code: "invalid_field",
		},
		"metric number": {
			platforms: `{"linkedin":{"algorithm_optimization":{"content_timing":[1]}}}`,
			field:     "platform_personas.linkedin.algorithm_optimization.content_timing[0]", code: "invalid_field",
		},
		"quality text": {quality: `"good"`, field: "quality_metrics", code: "invalid_field"},
		"quality 101":  {quality: `{"overall_score":101}`, field: "quality_metrics.overall_score", code: "out_of_range"},
		"quality -1": {
			quality: `{"core_completeness":-1}`, field: "quality_metrics.core_completeness",
			code: "out_of_range",
		},
		"quality huge": {
			quality: `{"overall_score":1e400}`, field: "quality_metrics.overall_score",
			code: "out_of_range",
		},
		"selected text":    {selected: `"blog"`, field: "selected_platforms", code: "invalid_field"},
		"selected number":  {selected: `["blog",1]`, field: "selected_platforms[1]", code: "invalid_field"},
		"selected unknown": {selected: `["myspace"]`, field: "selected_platforms[0]", code: "unknown_platform"},
		"512 KiB": {
			quality: `{"x":[` + strings.Repeat(`"`+strings.Repeat("a", 4000)+`",`, 131) + `1]}`,
			field:   "core_persona", code: "too_large",
		},
		"deep": {
			core:  `{"identity":{},"x":` + strings.Repeat("[", 70) + strings.Repeat("]", 70) + `}`,
			field: "core_persona.x" + strings.Repeat("[0]", 64), code: "too_deep",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := parsePersonas(test.core, test.platforms, test.quality, test.selected)
			var input *onboarding.InputError
			require.ErrorAs(t, err, &input)
			assert.Equal(t, test.field, input.Field)
			assert.Equal(t, test.code, input.Code)
			assert.NotContains(t, input.Reason, "ä")
		})
	}
}
