package worker

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func (c crowd) bulk(args ...string) (code int, stdout, stderr string) {
	c.t.Helper()
	var out, diagnostics bytes.Buffer
	code = Exit(Bulk(c.t.Context(), args, &out, &diagnostics), &diagnostics)
	return code, out.String(), diagnostics.String()
}

func TestBulkCommand(t *testing.T) {
	c := newCrowd(t)
	code, stdout, stderr := c.bulk("reset", "-detach", "ann", "bob", "ann")
	require.Zero(t, code, stderr)
	id := regexp.MustCompile(`^bulk: id=(\S+) operation=reset status=running users=2 `).FindStringSubmatch(stdout)
	require.NotNil(t, id, stdout)

	code, stdout, _ = c.bulk("list")
	assert.Zero(t, code)
	assert.Contains(t, stdout, id[1])

	code, stdout, _ = c.bulk("show", id[1], "-items")
	assert.Zero(t, code)
	assert.True(t, strings.HasPrefix(stdout, "ann\twaiting\nbob\twaiting\nbulk: id="), stdout)

	code, stdout, _ = c.bulk("cancel", id[1])
	assert.Zero(t, code)
	assert.Contains(t, stdout, "status=cancelled users=2 done=0 unchanged=0 missing=0 failed=0 cancelled=2")

	code, _, stderr = c.bulk("show", "00000000-0000-0000-0000-000000000001")
	assert.Equal(t, 1, code)
	assert.Contains(t, stderr, "worker bulk list shows them")
}

func TestBulkCommandLines(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"":              "name an operation",
		"burn ann":      `there is no operation "burn"`,
		"reset":         "name the users",
		"delete ann":    "needs -yes",
		"list ann":      "takes no argument",
		"show":          "takes the id",
		"cancel nobody": "is no id of an operation",
	} {
		_, err := parseBulk(strings.Fields(line))
		assert.ErrorContains(t, err, want, line)
	}
}
