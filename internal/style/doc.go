// Package style judges how a website or a text is written: it turns what package textstat measured and what the pages
// show into the fields of the analysis, without a model and without the network.
//
// A value is a measured fact, a quotation of the pages or a label with the numbers that it follows from. What the pages
// do not show stays empty, with the reason; nothing is invented. All of it is pure: the same site gives the same bytes.
package style
