package style

import "slices"

// measuredDetails document the measured values that are never empty, and the parts
// of those that may be.
func measuredDetails() []rule {
	const m = "measurements."
	out := []rule{
		record(m+"language.code", "whatlanggo (trigrams) on the first 1,500 bytes, checked against the function words of 20,000 and the declared language; pages in another language than most of the text are left out"),
		record(m+"language.name", "English name of the language"),
		record(m+"language.declared", "html lang or content-language of most of the text"),
		record(m+"language.confidence", "As the detector gives it, 0 to 1"),
		record(m+"language.reliable", "From 40 letters: a sure detection, or 20% function words and 1.5 times the next language (1.15 from 60 words)"),
		record(m+"language.spaced", "False for Chinese, Japanese, Thai, Lao, Khmer, Burmese, where words are UAX #29 segments"),
		record(m+"pages", "Pages with measured text"),
		record(m+"words", "Runs of letters and digits with inner apostrophes and hyphens; all text but code"),
		record(m+"prose_words", "Words of the measured sentences"),
		record(m+"sentences", "Sentences of paragraphs, quotations and list items; repeated ones of six words and more count once"),
		record(m+"paragraphs", "Paragraphs and quotations with a measured sentence"),
		record(m+"truncated", "True beyond 200,000 words"),
		record(m+"vocabulary.distinct_words", "Different word forms, case folded"),
		record(m+"sentiment.mean", "Mean compound score, −1 to 1"),
		record(m+"sentiment.positive", "Share of sentences with a compound score of at least 0.05"),
		record(m+"sentiment.neutral", "Share of sentences between"),
		record(m+"sentiment.negative", "Share of sentences with a compound score of at most −0.05"),
		record(m+"keywords[].in_titles", "Titles, descriptions, meta keywords and headings with the term"),
		record(m+"keywords[].score", "See measurements.keywords"),
		record(m+"topics[].name", "Best keyword of the group"),
		record(m+"topics[].terms", "At most six keywords"),
		record(m+"topics[].share", "Share of the text blocks that show one of the terms"),
		record(m+"topics[].pages", "Pages that show the name"),
		record(m+"topics[].uncovered", "Posts were read and none names the topic in its title, description or headings or twice in its text, see content_strategy_insights.opportunities"),
		record(m+"visuals.images", "Images of the main text and beside it"),
		record(m+"visuals.described", "Images with a text alternative"),
		record(m+"visuals.videos", "Videos, embedded ones too"),
		record(m+"visuals.tables", "Tables"),
		record(m+"devices[].name", "question, list_of_three, anaphora, alliteration, contrast, quotation, exclamation or figure"),
		record(m+"devices[].count", "Occurrences"),
		record(m+"devices[].example", "The first one"),
		record(m+"page_types.found[].type", "As crawl_result.pages[].type"),
		record(m+"page_types.found[].pages", "Pages of the type"),
		record(m+"page_types.found[].words", "Their words"),
		record(m+"consistency.pages", "Pages of at least 50 words of running text"),
		record(m+"consistency.sentence_words_cv", "Standard deviation over mean of the pages' mean sentence lengths"),
		record(m+"consistency.lix_range", "Hardest less easiest page"),
		record(m+"punctuation_per_1000.*", "comma, semicolon, colon, full_stop, question_mark, exclamation_mark, dash, ellipsis, quotation_mark, parenthesis"),
		record(m+"function_words.*", "One rate for each function word"),
	}
	for _, list := range []string{"keywords", "phrases", "transitions", "audience", "sentiment.words"} {
		out = append(out, record(m+list+"[].text", "The term in lower case"), record(m+list+"[].count", "Occurrences"), record(m+list+"[].pages", "Pages that show it"))
	}
	return slices.Concat(out, distributionDetails(m+"sentence_words."), distributionDetails(m+"paragraph_words."), distributionDetails(m+"word_letters."))
}

func distributionDetails(prefix string) []rule {
	return []rule{
		record(prefix+"mean", "Arithmetic mean"),
		record(prefix+"median", "Nearest rank"),
		record(prefix+"p10", "Nearest rank"),
		record(prefix+"p90", "Nearest rank"),
		record(prefix+"stdev", "Population standard deviation"),
		record(prefix+"max", "Largest value"),
		record(prefix+"histogram[].from", "Lower bound, included"),
		record(prefix+"histogram[].to", "Upper bound, included; null for the last"),
		record(prefix+"histogram[].count", "Values in the bucket"),
	}
}
