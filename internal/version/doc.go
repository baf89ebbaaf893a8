// Package version keeps what a user's website analyses and personas were before, and what was
// generated for those that the user has edited.
//
// What counts stays in its own table. When it is replaced by something else, it becomes a past
// version in the same transaction, and the oldest versions beyond the bounds are deleted. What
// was generated for a document that the user has edited is proposed: it counts once the user
// accepts it. Callers hold the lock of the user's session.
package version
