// Package auth authenticates requests: it verifies RS256 tokens against an
// identity provider's published keys, and in development issues such tokens
// itself.
//
// It owns what makes a token acceptable. It must not know HTTP routes, the
// database or what a user is allowed to do.
package auth
