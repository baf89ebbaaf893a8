// Package history has the versions of a user's analyses and personas: what they were before, what
// was generated for them since they were edited, how two versions differ, and how one comes back.
package history
