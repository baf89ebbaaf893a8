package onboarding

import (
	"regexp"
	"strings"
)

// titleSeparators stand between the parts of a page's title.
var titleSeparators = regexp.MustCompile(`\s+[|–—·•»›:/]\s+|\s+-\s+|\s*[|｜]\s*|\s*[：－]\s*`)

// TitleParts are the parts of a page's title or of a name, at least one.
func TitleParts(title string) []string {
	var parts []string
	for _, part := range titleSeparators.Split(title, 8) {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 {
		return []string{""}
	}
	return parts
}
