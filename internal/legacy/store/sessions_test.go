package store

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The hash is that of the former back end: the first eight hexadecimal digits of the SHA-256, modulo 2^31-1.
func TestHashedID(t *testing.T) {
	t.Parallel()
	assert.Equal(t, uint32(0xba7816bf%(1<<31-1)), HashedID("abc"))
}

func TestClaim(t *testing.T) {
	t.Parallel()
	hash := func(user string) string { return strconv.FormatUint(uint64(HashedID(user)), 10) }
	o := newOwners([][2]string{{"1", "ada"}, {"2", "bob"}, {"3", ""}, {hash("ada"), "bob"}}, []string{"cid", "ada"})
	assert.Equal(t, []string{"ada", "bob"}, o.users)
	for _, test := range []struct{ table, id, user, code string }{
		{Analyses, "1", "ada", ""},
		{Keys, "2", "bob", ""},
		{Analyses, hash("cid"), "cid", ""}, // of a user without a session
		{Keys, hash("cid"), "cid", ""},
		{Keys, hash("ada"), "bob", ""}, // only analyses and preferences stand under hashed ids
		{Analyses, hash("ada"), "", "ambiguous_session"},
		{Preferences, hash("ada"), "", "ambiguous_session"},
		{Analyses, "3", "", "invalid_user"},
		{Analyses, "4", "", "unmatched_session"},
		{Keys, "", "", "no_session"},
	} {
		user, refusal := o.claim(test.table, test.id)
		assert.Equal(t, test.user, user, test)
		assert.Equal(t, test.code, refusal.Code, test)
	}
	o = newOwners(nil, []string{"ada", "bob"})
	o.hashed["7"] = []string{"ada", "bob"}
	user, refusal := o.claim(Analyses, "7")
	assert.Empty(t, user)
	assert.Equal(t, "ambiguous_session", refusal.Code)
}

func TestNewestFirst(t *testing.T) {
	t.Parallel()
	row := func(id, at string) Row { return Row{Keys, map[string]string{"id": id, "updated_at": at}} }
	assert.Negative(t, newestFirst(row("1", "2025-10-01 10:00:00.5"), row("2", "2025-10-01 10:00:00")))
	assert.Negative(t, newestFirst(row("10", ""), row("9", "")))
	assert.Positive(t, newestFirst(row("1", ""), row("2", "2025-10-01 10:00:00")))
}

func TestFileID(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "né_a-b1", fileID("n:é_a-b.1", ""))
	assert.Equal(t, "n_é_a-b_1", fileID("n:é_a-b.1", "_"))
}
