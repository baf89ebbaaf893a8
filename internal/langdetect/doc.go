// Package langdetect tells the language of a text.
//
// The script alone decides for languages that have one of their own. For the others a naive Bayes model of 2 to 4
// letters decides, which is embedded: model.bin, trained by internal/cmd/langmodel (LICENSE names its sources). A text
// in a language that the model does not know, or between two that it can't tell apart, is not reliable.
package langdetect
