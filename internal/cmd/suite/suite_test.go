package suite

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOutputIsCountedAndTold(t *testing.T) {
	t.Parallel()
	const output = `{"Action":"output","Package":"p","Test":"TestA","Output":"fine\n"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestB","Output":"broken\n"}
{"Action":"fail","Package":"p","Test":"TestB"}
{"Action":"skip","Package":"p","Test":"TestC"}
{"Action":"fail","Package":"p","Elapsed":1.5}
{"Action":"pass","Package":"q","Elapsed":0.1}
# what go build says
`
	var counts Counts
	var heard []string
	stdout := &strings.Builder{}
	tests := Tests{Output: func(line string) { heard = append(heard, line) }}
	require.NoError(t, tests.read(strings.NewReader(output), &counts, stdout))
	assert.Equal(t, Counts{Passed: 1, Failed: 2, Skipped: 1}, counts, "a package that fails counts too")
	assert.Equal(t, []string{"fine\n", "broken\n"}, heard)
	assert.Equal(t, "broken\nfail p (1.5 s)\npass q (0.1 s)\n# what go build says\n", stdout.String())
}
