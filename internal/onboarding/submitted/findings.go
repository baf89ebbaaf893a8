package submitted

import (
	"encoding/json"
	"fmt"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// The bounds of findings.
const (
	// maxFindingBytes bounds one finding as it is stored.
	maxFindingBytes = 512 << 10
	// maxFindingRunes bounds findings that are one text.
	maxFindingRunes = 2000
	// maxCompetitorRunes bounds the texts of a competitor: summaries are long.
	maxCompetitorRunes = 10_000
)

// findingShape is what a finding must be.
type findingShape int

const (
	shapeObject findingShape = iota
	shapeObjects
	shapeText
)

// findingNames are the parts of a posted step 3 that are kept, in the order in which
// they are checked.
var findingNames = []struct {
	name  string
	shape findingShape
}{
	{onboarding.FindingCompetitors, shapeObjects},
	{onboarding.FindingSummary, shapeObject},
	{onboarding.FindingSitemap, shapeObject},
	{"deepCompetitorAnalysis", shapeObject},
	{"social_media_accounts", shapeObject},
	{"socialMediaAccounts", shapeObject},
	{"social_media_citations", shapeObjects},
	{"socialMediaCitations", shapeObjects},
	{"userUrl", shapeText},
	{onboarding.FindingIndustryContext, shapeText},
	{"analysisTimestamp", shapeText},
}

// ResearchFindings picks the findings of the wizard's research step from the data that
// was posted, checked and in a form that can be stored; null is left out, and so are
// other fields. The result is empty, never nil. Errors are *InputError with the path
// of the value below the data.
func ResearchFindings(data map[string]json.RawMessage) (map[string]json.RawMessage, error) {
	findings := map[string]json.RawMessage{}
	for _, finding := range findingNames {
		raw, ok := data[finding.name]
		if !ok {
			continue
		}
		value, err := readFinding(raw, finding.name, finding.shape)
		if err != nil {
			return nil, err
		}
		if value == nil {
			continue
		}
		findings[finding.name] = encoded(value)
		if len(findings[finding.name]) > maxFindingBytes {
			return nil, refused(finding.name, "too_large", "This is too large; send at most 512 KiB.")
		}
	}
	return findings, nil
}

// readFinding returns the finding in its stored form, without API keys, nil for null.
func readFinding(raw json.RawMessage, name string, shape findingShape) (any, error) {
	value, err := decodeStorable(raw, name)
	if err != nil || value == nil {
		return nil, err
	}
	if object, ok := value.(map[string]any); ok && len(object) == 0 && shape != shapeObject {
		return nil, nil //nolint:nilnil // an empty object in the place of a list or a text says as much as null
	}
	switch shape {
	case shapeObject:
		if _, ok := value.(map[string]any); !ok {
			return nil, onboarding.WrongType(name, "an object")
		}
	case shapeObjects:
		return value, checkObjects(value, name)
	case shapeText:
		return value, checkFindingText(value, name, maxFindingRunes)
	}
	return value, nil
}

// checkObjects wants a list of objects; the fields of a competitor that are texts must be texts.
func checkObjects(value any, name string) error {
	items, ok := value.([]any)
	if !ok {
		return onboarding.WrongType(name, "a list of objects")
	}
	if len(items) > onboarding.MaxFindingItems {
		return refused(name, "too_many", "The list is too long; use at most 100 items.")
	}
	for i, item := range items {
		path := fmt.Sprintf("%s[%d]", name, i)
		object, ok := item.(map[string]any)
		if !ok {
			return onboarding.WrongType(path, "an object")
		}
		for _, text := range []string{"url", "domain", "title", "summary"} {
			if object[text] == nil {
				continue
			}
			if err := checkFindingText(object[text], path+"."+text, maxCompetitorRunes); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkFindingText(value any, path string, most int) error {
	text, ok := value.(string)
	if !ok {
		return onboarding.WrongType(path, "a text")
	}
	_, err := onboarding.CheckedText(text, path, most)
	return err
}
