// Package textstat measures text: its language, sentences and words, readability, vocabulary, grammar, sentiment,
// keywords and topics.
//
// A Meter holds the word lists and models; NewCorpus splits the text of a site once for all measures. All of it is pure:
// the same text gives the same numbers. It does not judge them; that is for package style.
package textstat
