package auth

import (
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestVerifiedTokensAreKeptForAMinuteAtMost(t *testing.T) {
	t.Parallel()
	var c tokenCache
	now, first, second := time.Now(), new(int), new(int)
	long, short := sha256.Sum256([]byte("long")), sha256.Sum256([]byte("short"))
	c.put(long, first, User{ID: "ada", Expires: now.Add(time.Hour)}, now)
	c.put(short, first, User{ID: "bob", Expires: now.Add(time.Second)}, now)
	has := func(hash [sha256.Size]byte, keys any, after time.Duration) bool {
		_, ok := c.get(hash, keys, now.Add(after))
		return ok
	}
	assert.True(t, has(long, first, cacheTime-time.Millisecond))
	assert.False(t, has(long, first, cacheTime))
	assert.True(t, has(short, first, time.Second-time.Millisecond))
	assert.False(t, has(short, first, time.Second), "never after it has expired")
	assert.False(t, has(long, second, 0), "the keys were read again")
	for i := range 3 * mostCached {
		c.put(sha256.Sum256(fmt.Append(nil, i)), first, User{Expires: now.Add(time.Hour)}, now)
	}
	assert.LessOrEqual(t, len(c.now)+len(c.before), mostCached)
}
