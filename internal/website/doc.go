// Package website reads websites: it fetches pages safely and politely, chooses
// which pages of a site to read, and turns each page into a digest.
//
// It owns every connection to a user's website and the extraction of text and
// facts from HTML. It must not keep anything between crawls, must not know jobs,
// storage or models, and judges no writing: that is for those who read the digest.
package website
