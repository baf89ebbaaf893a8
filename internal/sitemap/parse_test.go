package sitemap

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestParseSitemapThatIsBroken(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"/a"}, Parse([]byte(`<urlset><url><loc>/a</loc></url><url><loc>/b`)).Pages)
	assert.Empty(t, Parse([]byte("<!doctype html><p>no sitemap")).Pages)
	assert.Empty(t,
		Parse([]byte(`<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><urlset><url><loc>&b;</loc></url></urlset>`)).Maps)
}
