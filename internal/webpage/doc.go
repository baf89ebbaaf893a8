// Package webpage reads an HTML page, or a text that a user hands in, into its digest: main text, metadata,
// structured data, links, contacts and owner.
//
// It is pure: it fetches nothing, and the same body gives the same digest. It does not judge the writing; that is for
// package style.
package webpage
