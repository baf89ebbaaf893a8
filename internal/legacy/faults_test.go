package legacy

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/legacy/store"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// Values at fault are left out one after the other, whatever they are nested in.
func TestSalvage(t *testing.T) {
	t.Parallel()
	for document, paths := range map[string][]string{
		`{"a":{"b":1,"c":2},"d":[1,2]}`: {"x.a.b=" + `{"a":{"c":2},"d":[1,2]}`, "x.d[0]=" + `{"a":{"b":1,"c":2},"d":[2]}`},
		`{"a":[{"b":1,"c":[1]}]}`:       {"x.a[0].b=" + `{"a":[{"c":[1]}]}`, "x.a[0].c[0]=" + `{"a":[{"b":1,"c":[]}]}`},
		`{"a":{"b":1}}`:                 {"x.a.z.y=" + `{}`},
	} {
		for _, want := range paths {
			var path, result string
			for i := range want {
				if want[i] == '=' {
					path, result = want[:i], want[i+1:]
					break
				}
			}
			value, err := decode(document)
			require.NoError(t, err)
			calls := 0
			got, left, err := salvage(value, "x", func(raw json.RawMessage) (string, error) {
				if calls++; calls == 1 {
					return "", &onboarding.InputError{Field: path, Code: "bad", Reason: "This is bad."}
				}
				return string(raw), nil
			})
			require.NoError(t, err)
			assert.JSONEq(t, result, got, path)
			assert.Equal(t, []string{"The field " + path + " is bad."}, left.sentences())
		}
	}
}

// A document that is refused as a whole, or without end, is an error.
func TestSalvageEnds(t *testing.T) {
	t.Parallel()
	many := map[string]any{}
	for i := range 100 {
		many[fmt.Sprint("f", i)] = 1
	}
	next := 0
	for _, parse := range []func(json.RawMessage) (int, error){
		func(json.RawMessage) (int, error) { return 0, &onboarding.InputError{Field: "x", Code: "too_large"} },
		func(json.RawMessage) (int, error) { return 0, &onboarding.InputError{Field: "x.missing"} },
		func(json.RawMessage) (int, error) {
			next++
			return 0, &onboarding.InputError{Field: fmt.Sprint("x.f", next)}
		},
	} {
		_, _, err := salvage(many, "x", parse)
		require.Error(t, err)
	}
}

func TestDecode(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]any{
		"null": nil, `"null"`: "null", `{"a":1}`: map[string]any{"a": json.Number("1")},
		`"{\"a\":\"b\"}"`: map[string]any{"a": "b"}, `"[]"`: []any{}, `"text"`: "text",
	} {
		value, err := decode(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, value, text)
	}
	for _, text := range []string{"", "{", `{"a": NaN}`, "{} {}"} {
		_, err := decode(text)
		require.Error(t, err, text)
	}
}

func TestProviderName(t *testing.T) {
	t.Parallel()
	for spelled, want := range map[string]string{
		"gemini": "gemini", "Gemini": "gemini", "GEMINI_API_KEY": "gemini", "openai_key": "openai", "exaApiKey": "exa",
		"": "", "google": "google",
	} {
		assert.Equal(t, want, providerName(spelled))
	}
}

// A time without a zone is only known if the zone is, and no time is in the future.
func TestTimes(t *testing.T) {
	t.Parallel()
	m := &Mapper{}
	assert.Nil(t, m.at("2025-01-02T03:04:05.123456"))
	assert.Nil(t, m.at(""))
	require.NotNil(t, m.at("2025-01-02T03:04:05+02:00"))
	assert.Nil(t, m.at("2999-01-02T03:04:05Z"))
	m.Zone = time.FixedZone("", 3600)
	require.NotNil(t, m.at("2025-01-02T03:04:05.123456"))
	assert.Equal(t, "2025-01-02T02:04:05Z", m.at("2025-01-02T03:04:05").UTC().Format(time.RFC3339))
}

type noSealer struct{}

func (noSealer) Seal(key []byte, _, _ string) ([]byte, error) { return key, nil }
func (noSealer) Fingerprint([]byte) string                    { return "" }

// Competitors and accounts of tables of their own come as findings, and too many of them are refused.
func TestFindings(t *testing.T) {
	t.Parallel()
	user := store.User{ID: "ada", Rows: []store.Row{{Table: store.Analyses, Columns: map[string]string{
		"website_url": "https://a.example", "writing_style": `{"tone": "warm"}`,
		"brand_analysis": `{"brand_voice": "bold"}`, "social_media_presence": `{"x": "https://x.example"}`,
	}}}}
	for i := range 102 {
		user.Rows = append(user.Rows, store.Row{Table: store.Competitors, Columns: map[string]string{
			"competitor_url": fmt.Sprintf("https://rival-%d.example", i), "analysis_data": `{"title": "Rival", "domain": "old"}`,
		}})
	}
	user.Rows[1].Columns["analysis_data"] = `{"title": 7}`
	mapped, err := (&Mapper{Keys: noSealer{}, WithoutBrand: true}).Map(user)
	require.NoError(t, err)
	require.Len(t, mapped.Parts, 2)
	analysis, ok := mapped.Parts[0].(flow.FormerAnalysis)
	require.True(t, ok)
	assert.Nil(t, analysis.Analysis.Style.BrandAnalysis.BrandVoice)
	preferences, ok := mapped.Parts[1].(flow.FormerPreferences)
	require.True(t, ok)
	assert.True(t, preferences.Completes)
	assert.JSONEq(t, `{"x": "https://x.example"}`, string(preferences.Findings["social_media_accounts"]))
	var competitors []map[string]any
	require.NoError(t, json.Unmarshal(preferences.Findings[onboarding.FindingCompetitors], &competitors))
	assert.Len(t, competitors, 100)
	codes := map[string]int{}
	for _, v := range mapped.Verdicts {
		codes[v.Code]++
	}
	assert.Equal(t, map[string]int{"": 101, "invalid_field": 1, "too_many": 1}, codes)
}
