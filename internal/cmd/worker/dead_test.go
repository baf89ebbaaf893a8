package worker

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func (c crowd) dead(args ...string) (code int, stdout, stderr string) {
	c.t.Helper()
	var out, diagnostics bytes.Buffer
	code = Main(c.t.Context(), append([]string{"dead"}, args...), nil, &out, &diagnostics)
	return code, out.String(), diagnostics.String()
}

// die makes users whose website was lost with its workers.
func (c crowd) die(users ...string) {
	c.t.Helper()
	c.failed(users...)
	conn, err := pgx.Connect(c.t.Context(), c.db.URL)
	require.NoError(c.t, err)
	defer func() { assert.NoError(c.t, conn.Close(context.Background())) }()
	_, err = conn.Exec(c.t.Context(),
		`insert into dead_jobs (submission_id, session_id, user_id, job_id, kind, step, code, attempts, recoveries)
		select id, session_id, user_id, job_id, kind, step, 'worker_lost', 1, 3 from submissions where user_id = any ($1)`,
		users)
	require.NoError(c.t, err)
}

func TestDeadCommand(t *testing.T) {
	c := newCrowd(t)
	c.die("ann", "bob")
	code, stdout, stderr := c.dead("list", "-code", "worker_lost", "-since", "1d")
	require.Zero(t, code, stderr)
	require.Len(t, strings.Split(strings.TrimSpace(stdout), "\n"), 3, stdout)
	id := strings.Fields(strings.Split(stdout, "\n")[1])[0]

	code, stdout, _ = c.dead("show", id)
	assert.Zero(t, code)
	assert.Contains(t, stdout, "worker_lost")
	assert.Contains(t, stdout, "interrupted several times")

	for range 2 { // nothing is changed
		code, stdout, _ = c.dead("replay", "-all", "-dry-run")
		assert.Zero(t, code)
		assert.True(t, strings.HasSuffix(stdout, "dead: replayed=2 already_replayed=0 refused=0\n"), stdout)
	}
	code, stdout, _ = c.dead("replay", id)
	assert.Zero(t, code)
	assert.True(t, strings.HasPrefix(stdout, id+"\treplayed\t"), stdout)
	code, stdout, _ = c.dead("replay", id)
	assert.Zero(t, code)
	assert.Contains(t, stdout, "dead: replayed=0 already_replayed=1 refused=0")
	code, stdout, _ = c.dead("replay", "-all", "-user", "ann")
	assert.Zero(t, code)
	assert.Contains(t, stdout, "dead: replayed=")

	code, _, stderr = c.dead("show", "00000000-0000-0000-0000-000000000001")
	assert.Equal(t, 1, code)
	assert.Contains(t, stderr, "worker dead list shows them")
}
