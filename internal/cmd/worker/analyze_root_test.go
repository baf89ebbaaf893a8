package worker

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSiteRootIsTheNearestFolderWithAStartPage(t *testing.T) {
	t.Parallel()
	page := &fstest.MapFile{Data: []byte("page")}
	for name, test := range map[string]struct {
		files fstest.MapFS
		has   string
	}{
		"the folder itself":        {fstest.MapFS{"index.html": page, "a.html": page, "dist/index.html": page}, "a.html"},
		"a folder in it":           {fstest.MapFS{"dst/index.html": page, "dst/a.html": page, "b.html": page}, "a.html"},
		"the nearest":              {fstest.MapFS{"a/b/index.html": page, "site/index.htm": page, "site/x.html": page}, "x.html"},
		"no folder of packages":    {fstest.MapFS{"node_modules/index.html": page, "z/b/index.html": page, "z/b/c": page}, "c"},
		"no hidden folder":         {fstest.MapFS{".git/index.html": page, "z/b/index.html": page, "z/b/c": page}, "c"},
		"of two the first in name": {fstest.MapFS{"build/index.html": page, "build/a": page, "docs/index.html": page}, "a"},
	} {
		root, err := siteRoot(test.files)
		require.NoError(t, err, name)
		_, err = fs.Stat(root, test.has)
		require.NoError(t, err, name)
	}
	_, err := siteRoot(fstest.MapFS{"index.php": page, "contact.html": page})
	assert.ErrorIs(t, err, ErrNoSite)
}
