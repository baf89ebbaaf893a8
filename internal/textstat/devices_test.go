package textstat

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// Quoted devices stand verbatim in the text.
func TestDevicesAreQuotedAsTheyStand(t *testing.T) {
	t.Parallel()
	meter := newTestMeter(t)
	for text, want := range map[string]map[string]string{
		"Our bread is baked by Bertha before breakfast, and we like it very much.": {"alliteration": "bread is baked by Bertha"},
		"They met Crystal Kilpatrick, Anna and Tom Brown at the mill.":             {"list_of_three": ""},
		"We sell flour, yeast and salt to everybody who lives here.":               {"list_of_three": "flour, yeast and salt"},
	} {
		found := map[string]string{}
		for _, d := range measureText(t, meter, text, "en").Devices {
			found[d.Name] = d.Example
		}
		for name, example := range want {
			assert.Equal(t, example, found[name], text)
		}
	}
}
