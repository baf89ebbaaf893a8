// Package onboarding holds the domain: the six steps, their status machine, the
// submissions that move them, the documents that the work produces, and the
// vocabulary of what can go wrong.
//
// It owns every rule that needs no I/O. It must not know SQL, HTTP, River or a
// website: it imports the standard library, uuid and the IDNA tables only.
package onboarding
