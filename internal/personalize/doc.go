// Package personalize builds the personalization inputs: what other services feed to
// their models to write for a user.
//
// It owns the rule of every value (docs/personalization.md lists them) and the default
// set. It is pure: the same sources give the same document, and nothing is invented. It
// must not read a database, call a model, or mix defaults with real values.
package personalize
