package voice

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

func TestHouseStyle(t *testing.T) {
	t.Parallel()
	of := func(code, text string) onboarding.HouseStyle {
		v := Shared().Read(code, []Page{{Blocks: []onboarding.Block{{Kind: onboarding.BlockParagraph, Text: text}}}}, nil)
		require.NotNil(t, v, text)
		return v.House
	}
	h := of("en", "We sell bread, well-known cheese, and wine. Call Ann, Ben, or Zoë today. We were open on 12 March 2024, and "+
		"from 3 to 5 on 14 May 2025; the 2 shops of ours sold 1,200 loaves, then 1,350. Rye bread is NEVER late, never cold. "+
		"Our web-site is a website. It is never down or slow.")
	assert.Equal(t, "with the serial comma (2)", *h.SerialComma)
	assert.Equal(t, "like 12 March 2024 (2)", *h.Dates)
	assert.Equal(t, "two to nine in figures (3); thousands as 1,000 (2)", *h.Numbers)
	assert.Equal(t, "capitals for emphasis: NEVER", *h.Capitals)
	assert.Equal(t, onboarding.List{"“web-site” (1) and “website” (1)"}, h.Variants)

	h = of("en", "We bake rye, wheat and spelt, early. We use salt, water and time. Nothing else: no sugar or syrup goes in, or "+
		"out. The oven has 360º, and 360º it stays, from 360º in the night until the bread is done.")
	assert.Equal(t, "without the serial comma (2)", *h.SerialComma)
	assert.Nil(t, h.Capitals, "only letters with two cases have capitals")
	assert.Nil(t, h.Dates)
}
