package worker

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBulkCommand(t *testing.T) {
	c := newCrowd(t)
	code, stdout, stderr := c.run("bulk", "reset", "-detach", "ann", "bob", "ann")
	require.Zero(t, code, stderr)
	id := regexp.MustCompile(`^bulk: id=(\S+) operation=reset status=running users=2 `).FindStringSubmatch(stdout)
	require.NotNil(t, id, stdout)

	code, stdout, _ = c.run("bulk", "list")
	assert.Zero(t, code)
	assert.Contains(t, stdout, id[1])

	code, stdout, _ = c.run("bulk", "show", id[1], "-items")
	assert.Zero(t, code)
	assert.True(t, strings.HasPrefix(stdout, "ann\twaiting\nbob\twaiting\nbulk: id="), stdout)

	code, stdout, _ = c.run("bulk", "cancel", id[1])
	assert.Zero(t, code)
	assert.Contains(t, stdout, "status=cancelled users=2 done=0 unchanged=0 missing=0 failed=0 cancelled=2")

	code, _, stderr = c.run("bulk", "show", "00000000-0000-0000-0000-000000000001")
	assert.Equal(t, 1, code)
	assert.Contains(t, stderr, "worker bulk list shows them")
}

func TestBulkUsersAreChecked(t *testing.T) {
	t.Parallel()
	for says, users := range map[string][]string{
		"name the users, or a file":        nil,
		`"a\nb" is no user id`:             {"a\nb"},
		`"" is no user id`:                 {""},
		"is no user id: it must have 1 to": {strings.Repeat("x", 256)},
	} {
		assert.ErrorContains(t, (&operationOptions{}).parse(users), says)
	}
}
