// Package persona builds the core persona of a site, one persona for each platform,
// and their quality scores, from the measured style of the site and, where there is
// one, the answer of a language model.
//
// It owns the rules that turn measurements into a persona, the platforms' documented
// limits, the prompts and the merging of answers, and the comparison of a persona
// with a text. All of it is pure: the same sources give the same bytes. It does not
// fetch, store or call a model; the caller asks the model between a prompt and its
// merge. Nothing is invented: what the sources do not show stays null, with a reason
// in meta.uncertainty.
package persona
