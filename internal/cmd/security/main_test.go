package main

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTestsAreFoundByWhatTheyLog(t *testing.T) {
	t.Parallel()
	log := `t.Logf("` + marker + ` routes=%d", n)`
	found, err := discover(fstest.MapFS{
		"a/b/one_test.go":    {Data: []byte("func TestB(t *testing.T) {\n" + log + "\n}\nfunc TestA(t *testing.T) {}\n")},
		"a/b/two_test.go":    {Data: []byte("func TestC(t *testing.T) {}\n")},
		"a/other.go":         {Data: []byte(log)},
		".hidden/x_test.go":  {Data: []byte("func TestD() {\n" + log)},
		self + "/x_test.go":  {Data: []byte("func TestE() {\n" + log)},
		"tools/t/x_test.go":  {Data: []byte("func TestF() {\n" + log)},
		"c/helpers_test.go":  {Data: []byte("func try(t *testing.T) {\n" + log + "\n}\nfunc TestA(t *testing.T) {}\n")},
		"c/something_txt.go": {Data: []byte("func TestG() {\n" + log)},
	})
	require.NoError(t, err)
	assert.Equal(t, []string{"./a/b", "./c"}, found.packages())
	assert.Equal(t, "^(TestA|TestB)$", found.pattern())
	_, err = discover(fstest.MapFS{"a_test.go": {Data: []byte("func TestA() {}")}})
	require.Error(t, err)
}

func TestFiguresAreAddedUpAndHeldToTheirBounds(t *testing.T) {
	t.Parallel()
	sum := func(lines ...string) figures {
		found := figures{}
		for _, line := range lines {
			found.add("    x_test.go:1: " + line + "\n")
		}
		return found
	}
	all := marker + " routes=2 tries=40 leaks=0 ssrf_cases=9 reached=0 canary_hits=0 hostile_pages=30 executed=0 tables=20"
	found := sum(all, marker+" unfenced=0 tries=2", "routes=7")
	assert.Empty(t, found.missed())
	assert.Equal(t, "security: routes=2 tries=42 leaks=0 ssrf_cases=9 reached=0 canary_hits=0 hostile_pages=30 executed=0 "+
		"tables=20 unfenced=0", found.line())
	assert.Equal(t, []string{"unfenced was not counted"}, sum(all).missed())
	assert.Equal(t, []string{"leaks=1", "routes=0", "ssrf_cases was not counted"},
		sum(marker+" routes=0 tries=1 leaks=1 reached=0 canary_hits=0 hostile_pages=31 executed=0 tables=1 unfenced=0").missed())
	assert.Equal(t, []string{"leak is not known"}, sum(all, marker+" unfenced=0 leak=0").missed())
}
