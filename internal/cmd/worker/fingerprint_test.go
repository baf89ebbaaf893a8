package worker

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The command names users as the log does, whose lines are fingerprinted with the ring.
func TestFingerprint(t *testing.T) { // sets the environment
	path, both := rotatedRing(t)
	t.Setenv("DATABASE_URL", "postgres://127.0.0.1:1/none")
	t.Setenv("SEAL_KEYS_FILE", path)
	var out, errs bytes.Buffer
	require.Zero(t, Main(t.Context(), []string{"fingerprint", "user_1", "user_2"}, nil, &out, &errs), errs.String())
	assert.Equal(t, "user_1\t"+both.new.Fingerprint([]byte("user_1"))+"\nuser_2\t"+both.new.Fingerprint([]byte("user_2"))+
		"\n", out.String())
}
