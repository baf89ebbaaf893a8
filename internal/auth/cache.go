package auth

import (
	"crypto/sha256"
	"sync"
	"time"
)

const (
	// cacheTime is how long a verified token is accepted without another verification, if its keys
	// are still the newest that were read.
	cacheTime = time.Minute
	// mostCached bounds the verified tokens that are kept, about 500 bytes each.
	mostCached = 10_000
)

// tokenCache keeps verified tokens under their hashes.
type tokenCache struct {
	mu sync.Mutex
	// now has the tokens of this generation, before those of the one before it.
	now, before map[[sha256.Size]byte]verifiedToken
	turned      time.Time
}

// verifiedToken is an accepted token.
type verifiedToken struct {
	user  User
	until time.Time
	// keys identifies the keys that it was verified with.
	keys any
}

// get returns the user of a token that was verified with these keys.
func (c *tokenCache) get(hash [sha256.Size]byte, keys any, at time.Time) (User, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	found, ok := c.now[hash]
	if !ok {
		found, ok = c.before[hash]
	}
	if !ok || found.keys != keys || !at.Before(found.until) {
		return User{}, false
	}
	return found.user, true
}

// put keeps a token until it expires, for cacheTime at most.
func (c *tokenCache) put(hash [sha256.Size]byte, keys any, user User, at time.Time) {
	until := at.Add(cacheTime)
	if user.Expires.Before(until) {
		until = user.Expires
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.now) >= mostCached/2 || at.Sub(c.turned) >= cacheTime {
		c.now, c.before, c.turned = map[[sha256.Size]byte]verifiedToken{}, c.now, at
	}
	c.now[hash] = verifiedToken{user, until, keys}
}
