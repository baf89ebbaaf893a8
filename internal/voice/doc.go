// Package voice measures how a text is written, apart from what it is about, and scores how much two texts sound alike.
//
// A profile holds the rates of the language's commonest words, of character pairs and triples of the masked text, of
// marks, sentence openings and grammatical forms. Words outside the language's 500 commonest are masked, so that the
// subject does not show. Profiles are compared by the cosine of the square roots of their rates, less the mean of the
// language (a form of Burrows' Delta: Smith and Aldridge 2011, Evert et al. 2017), and a logistic regression, fitted on
// pages of known writers, weighs the cosines. All of it is pure and needs no model server.
package voice
