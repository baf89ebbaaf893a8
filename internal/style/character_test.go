package style

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// Values, credentials, problems and character are read in six languages.
func TestCharacterInSixLanguages(t *testing.T) {
	t.Parallel()
	for code, test := range map[string]struct{ filler, values, authority, problem, sincere string }{
		"en": {
			"We answer each call on the day and come when it suits you. ",
			"We believe in honesty and respect.", "Anna is a certified member of the guild.",
			"You are worried and struggle with damage to your roof.",
			"Our friendly team listens with warmth and care, and together we act with heart and kindness. ",
		},
		"de": {
			"Wir melden uns noch heute und kommen dann, wenn es Ihnen passt. ",
			"Wir legen Wert auf Ehrlichkeit und Respekt.", "Anna ist Mitglied der Innung und seit 2010 dabei.",
			"Sie haben Sorgen und Probleme mit dem Schimmel im Haus.",
			"Unser freundliches Team hört herzlich zu, und gemeinsam handeln wir ehrlich, liebevoll und einfühlsam. ",
		},
		"fr": {
			"Nous répondons dans la journée et nous venons quand vous le voulez. ",
			"Nous croyons à l'honnêteté et au respect.", "Anna est diplômée d'État et membre de l'ordre.",
			"Vous avez peur et des difficultés avec une fuite.",
			"Notre équipe chaleureuse accueille avec bienveillance et douceur, sincère, attentive et humaine. ",
		},
		"es": {
			"Respondemos en el día y llegamos cuando a usted le viene bien. ",
			"Creemos en la honestidad y el respeto.", "Ana es miembro de la cámara y tiene años de experiencia.",
			"Usted tiene miedo y daños por la humedad de su casa.",
			"Nuestro equipo amable y cercano escucha con cariño, sincero, humano y de corazón. ",
		},
		"it": {
			"Rispondiamo in giornata e arriviamo quando vi fa comodo davvero. ",
			"Crediamo in onestà e rispetto.", "Anna è laureata e ha vent'anni di esperienza nel settore.",
			"Avete paura e problemi con la muffa nella vostra casa.",
			"La nostra squadra accogliente ascolta con affetto e calore, sincera, umana e di cuore. ",
		},
		"pt": {
			"Respondemos no mesmo dia e chegamos quando for melhor para você. ",
			"Acreditamos em honestidade e respeito.", "Ana é membro da câmara e tem anos de experiência.",
			"Você tem medo e danos com a umidade da sua casa.",
			"Nossa equipe acolhedora ouve com carinho, sincera, humana e de coração, com muita amizade. ",
		},
	} {
		var text strings.Builder
		for i := range 8 {
			fmt.Fprintf(&text, "%s %d.\n\n", strings.TrimRight(test.filler, ". "), i+10)
		}
		text.WriteString(test.values + "\n\n" + test.authority + "\n\n" + test.problem +
			"\n\n" + test.sincere)
		got := analyzeText(t, onboarding.WebsiteInput{TextSample: text.String()})
		assert.Equal(t, code, got.Measured.Language.Code)
		assert.Len(t, got.Style.BrandAnalysis.BrandValues, 2, "%s %v", code, got.Style.BrandAnalysis.BrandValues)
		assert.NotEmpty(t, got.Style.BrandAnalysis.AuthorityIndicators, code)
		assert.NotEmpty(t, got.Style.TargetAudience.PainPoints, code)
		if character := got.Style.WritingStyle.BrandPersonality; assert.NotNil(t, character, code) {
			assert.Equal(t, "sincere", character.Value, code)
		}
	}
}

// Of two characters that are near each other neither is named, and the reason names both.
func TestTwoCharactersNameNeither(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for i := range 12 {
		fmt.Fprintf(&text, "We answer each call on the day and come when it suits you %d.\n\n", i+10)
	}
	text.WriteString("Our friendly and caring team listens with warmth, kindness and heart.\n\n" +
		"Each elegant and luxurious room is refined, stylish and timeless.")
	got := analyzeText(t, onboarding.WebsiteInput{TextSample: text.String()})
	assert.Nil(t, got.Style.WritingStyle.BrandPersonality)
	reason := got.Style.Meta.Uncertainty.Reasons["writing_style.brand_personality"]
	assert.Contains(t, reason, "sincere")
	assert.Contains(t, reason, "sophisticated")
}
