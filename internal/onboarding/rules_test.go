package onboarding

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheRulesOfAStep(t *testing.T) {
	t.Parallel()
	for n := StepNumber(1); n.Valid(); n++ {
		for _, rule := range n.Rules() {
			assert.NotEmpty(t, rule.Field)
			assert.Contains(t, []string{"text", "url", "boolean", "list", "object"}, rule.Type, rule.Field)
			assert.Regexp(t, `^[A-Z].*\.$`, rule.Note, rule.Field)
			assert.True(t, rule.Max == 0 || rule.Min <= rule.Max, rule.Field)
		}
	}
	StepWebsite.Rules()[0].Field = "changed"
	assert.Equal(t, "website", StepWebsite.Rules()[0].Field, "the table is nobody else's")
}

// The published bounds are those that are checked.
func TestPublishedBoundsAreChecked(t *testing.T) {
	t.Parallel()
	check := map[string]func(text string) error{
		"business_description": func(
			text string,
		) error {
			_, err := BusinessInfo{BusinessDescription: text}.Checked("")
			return err
		},
		"industry":        func(text string) error { _, err := BusinessInfo{Industry: text}.Checked(""); return err },
		"target_audience": func(text string) error { _, err := BusinessInfo{TargetAudience: text}.Checked(""); return err },
		"business_goals":  func(text string) error { _, err := BusinessInfo{BusinessGoals: text}.Checked(""); return err },
		"text_sample":     func(text string) error { _, err := CheckedTextSample(text, "text_sample"); return err },
	}
	for _, rule := range StepWebsite.Rules() {
		do := check[rule.Field]
		if do == nil {
			continue
		}
		require.NoError(t, do(strings.Repeat("é", rule.Max)), rule.Field)
		var input *InputError
		require.ErrorAs(t, do(strings.Repeat("é", rule.Max+1)), &input)
		assert.Equal(t, rule.Field, input.Field)
		assert.Equal(t, "too_long", input.Code)
		require.ErrorAs(t, do(strings.Repeat("x", max(rule.Min, 1))+"\x00"), &input)
		assert.Equal(t, "invalid_character", input.Code)
		if rule.Min > 0 {
			require.NoError(t, do(" "+strings.Repeat("é", rule.Min)+"\n"), rule.Field)
			require.ErrorAs(t, do(strings.Repeat("é", rule.Min-1)), &input)
			assert.Equal(t, "too_short", input.Code)
		}
		delete(check, rule.Field)
	}
	assert.Empty(t, check, "every one is published")
	_, err := BusinessInfo{}.Checked("")
	require.NoError(t, err, "what is left out is the caller's to ask for")
	_, err = CheckedTextSample(" ", "data.text_sample")
	require.ErrorContains(t, err, "data.text_sample: Enter a text of 50 to 10000 characters.")
	text, err := CheckedText(" a ", "x", 1)
	require.NoError(t, err)
	assert.Equal(t, "a", text)
}
