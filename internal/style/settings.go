package style

import (
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/textstat"
	"github.com/alwrity/onboarding/internal/wording"
)

// recommendedAudience names the groups found, else the readers' level.
func recommendedAudience(e *evidence) onboarding.Judged {
	if stated := e.source().Audience; stated != "" {
		return givenByUser(stated)
	}
	groups, level := wording.Enumerate(wording.First(demographics(e), 4)), expertise(e).Value
	if groups == "" || level == "" {
		return plain(groups)
	}
	return judged(groups, "groups that the text names; reading level %s", level)
}

// labelOf is the label of another value, without the evidence unless the user stated it.
func labelOf(judge func(*evidence) onboarding.Judged) func(*evidence) onboarding.Judged {
	return func(e *evidence) onboarding.Judged {
		value := judge(e)
		if value.Evidence != StatedByUser {
			value.Evidence = ""
		}
		return value
	}
}

// creativity counts the signs of free writing: varied sentences and words, many
// devices, exclamations.
func creativity(e *evidence) onboarding.Judged {
	v := e.m.Vocabulary.MATTR50
	if v == nil || e.m.SentenceWords == nil {
		return none
	}
	variety := e.m.SentenceWords.StDev / e.m.SentenceWords.Mean
	points := textstat.BoolToInt(variety >= 0.6) + textstat.BoolToInt(*v >= 0.85) +
		textstat.BoolToInt(len(e.m.Devices) >= 5) +
		textstat.BoolToInt(textstat.OrZero(e.m.Syntax.ExclamationShare) >= 0.05)
	level := wording.Band(float64(points), []float64{2, 3}, "low", "medium", "high")
	return judged(level, "sentence length varies by %s, %.0f different words in every 50, %s of rhetorical device",
		wording.Percent(variety), 50**v, wording.Plural(len(e.m.Devices), "kind"))
}

// brandAlignment joins the values and the positioning.
func brandAlignment(e *evidence) onboarding.Judged {
	var parts wording.Sentences
	values, position := wording.First(brandValues(e), 4), positioning(e).Value
	parts.Add(len(values) > 0, "show %s", wording.Enumerate(values))
	parts.Add(position != "", "stay with %s", position)
	return plain(strings.Join(parts, "; "))
}
