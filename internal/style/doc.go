// Package style measures text and builds the website analysis from the digest of a
// website, without a model and without the network.
//
// It owns the statistics (readability, vocabulary, person, sentiment, keywords,
// …), the word lists they need, and the rules that turn numbers and quoted
// evidence into the fields of the analysis. What the pages do not show stays
// empty, with the reason; nothing is invented. All of it is pure: the same site
// gives the same bytes. It must not fetch, store or call a model, and knows only
// the types of package onboarding.
package style
