// Package drift holds the generated parts of documents to the code that they are written
// from.
//
// Only tests import it. A test renders a part and calls Block; `make generate` runs those
// tests with -update, which writes the part instead.
package drift

import (
	"flag"
	"os"
	"strings"
	"testing"
)

// update is the flag of every test program that imports this package.
var update = flag.Bool("update", false, "write the generated parts of documents")

// Block compares want with the block name of a document. The block stands between the
// lines `<!-- generated: name -->` and `<!-- end: name -->`; the path is relative to the
// folder of the test.
func Block(t *testing.T, path, name, want string) {
	t.Helper()
	raw, err := os.ReadFile(path) //nolint:gosec // the test names its document
	if err != nil {
		t.Fatal(err)
	}
	first, last := "<!-- generated: "+name+" -->\n", "<!-- end: "+name+" -->\n"
	before, rest, found := strings.Cut(string(raw), first)
	have, after, ended := strings.Cut(rest, last)
	if !found || !ended {
		t.Fatalf("%s has no block %q", path, name)
	}
	want = "\n" + strings.Trim(want, "\n") + "\n\n"
	switch {
	case have == want:
	case *update:
		if err := os.WriteFile(path, []byte(before+first+want+last+after), 0o644); err != nil { //nolint:gosec // a document
			t.Fatal(err)
		}
	default:
		t.Errorf("the block %q of %s is not current: run make generate\n%s", name, path, difference(have, want))
	}
}

// File compares want with a whole file.
func File(t *testing.T, path, want string) {
	t.Helper()
	have, err := os.ReadFile(path) //nolint:gosec // the test names its file
	switch {
	case err == nil && string(have) == want:
	case *update:
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil { //nolint:gosec // a document
			t.Fatal(err)
		}
	default:
		t.Errorf("%s is not current: run make generate\n%s", path, difference(string(have), want))
	}
}

// Row renders the cells of one row of a Markdown table.
func Row(cells ...string) string {
	escaped := make([]string, len(cells))
	for i, cell := range cells {
		escaped[i] = strings.ReplaceAll(cell, "|", `\|`)
	}
	return "| " + strings.Join(escaped, " | ") + " |\n"
}

// Head renders the first two lines of a Markdown table.
func Head(cells ...string) string {
	return Row(cells...) + strings.Repeat("|---", len(cells)) + "|\n"
}

// difference shows the first lines that differ.
func difference(have, want string) string {
	old, now := strings.Split(have, "\n"), strings.Split(want, "\n")
	for i := range max(len(old), len(now)) {
		switch {
		case i >= len(old):
			return "+ " + now[i]
		case i >= len(now):
			return "- " + old[i]
		case old[i] != now[i]:
			return "- " + old[i] + "\n+ " + now[i]
		}
	}
	return ""
}
