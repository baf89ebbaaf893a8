package style

import (
	"fmt"
	"strings"

	"github.com/alwrity/onboarding/internal/textstat"
)

// recommendedAudience names the groups found, else the readers' level.
func recommendedAudience(e *evidence) string {
	if stated := e.source().Audience; stated != "" {
		return givenByUser(stated)
	}
	groups := demographics(e)
	level := label(expertise(e))
	switch {
	case len(groups) > 0 && level != "":
		return fmt.Sprintf("%s (groups that the text names; reading level %s)", enumerate(groups[:min(4, len(groups))]), level)
	case len(groups) > 0:
		return enumerate(groups[:min(4, len(groups))])
	}
	return ""
}

func recommendedTone(e *evidence) string { return label(tone(e)) }
func recommendedType(e *evidence) string { return label(primaryType(e)) }
func locationContext(e *evidence) string { return label(geography(e)) }

func recommendedTrade(e *evidence) string {
	if stated := e.source().Industry; stated != "" {
		return givenByUser(stated)
	}
	return label(industry(e))
}

func levelOf(points int) string {
	return band(float64(points), []float64{2, 3}, "low", "medium", "high")
}

func numberOfDevices(e *evidence) int { return len(e.m.Devices) }

// creativity counts the signs of free writing: varied sentences and words, many
// devices, exclamations.
func creativity(e *evidence) string {
	v := e.m.Vocabulary.MATTR50
	if v == nil || e.m.SentenceWords == nil {
		return ""
	}
	variety := e.m.SentenceWords.StDev / e.m.SentenceWords.Mean
	points := textstat.BoolToInt(variety >= 0.6) + textstat.BoolToInt(*v >= 0.85) + textstat.BoolToInt(numberOfDevices(e) >= 5) + textstat.BoolToInt(textstat.OrZero(e.m.Syntax.ExclamationShare) >= 0.05)
	return fmt.Sprintf("%s (sentence length varies by %s, %.0f different words in every 50, %s of rhetorical device)",
		levelOf(points), percent(variety), 50**v, plural(numberOfDevices(e), "kind"))
}

// brandAlignment joins the values and the positioning.
func brandAlignment(e *evidence) string {
	var parts []string
	if values := brandValues(e); len(values) > 0 {
		parts = append(parts, "show "+enumerate(values[:min(4, len(values))]))
	}
	if p := label(positioning(e)); p != "" {
		parts = append(parts, "stay with "+p)
	}
	return strings.Join(parts, "; ")
}
