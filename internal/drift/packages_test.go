package drift

import (
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const root = "../.."

// The map of packages in AGENTS.md is made of their comments.
func TestPackagesDocumentIsCurrent(t *testing.T) {
	t.Parallel()
	packages, text := packageSentences(t), Head("package", "what it does")
	for _, folder := range slices.Sorted(maps.Keys(packages)) {
		assert.NotEmpty(t, packages[folder], "%s has no package comment", folder)
		text += Row("`"+folder+"`", packages[folder])
	}
	Block(t, filepath.Join(root, "AGENTS.md"), "packages", text)
}

// packageSentences returns what the first sentence of each package's comment says after
// the name, up to a colon or a bracket, by folder.
func packageSentences(t *testing.T) map[string]string {
	t.Helper()
	sentences := map[string]string{}
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		name := entry.Name()
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != root &&
			(strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules" || name == "tools"):
			return filepath.SkipDir
		case !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		require.NoError(t, err)
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.PackageClauseOnly|parser.ParseComments)
		require.NoError(t, err)
		if sentence := new(doc.Package).Synopsis(file.Doc.Text()); sentences[folder] == "" {
			sentences[folder] = afterName(sentence)
		}
		return nil
	}))
	return sentences
}

// afterName cuts "Package x " off a sentence, and what follows a colon or a bracket.
func afterName(sentence string) string {
	if _, rest, found := strings.Cut(sentence, " "); found {
		_, rest, _ = strings.Cut(rest, " ")
		rest, _, _ = strings.Cut(rest, ": ")
		rest, _, _ = strings.Cut(rest, " (")
		return strings.TrimSuffix(rest, ".")
	}
	return ""
}
