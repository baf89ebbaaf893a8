package style

import "github.com/alwrity/onboarding/internal/textstat"

// record documents a value that is copied or counted for every language.
func record(path, method string) rule {
	return rule{path: path, languages: forAll(), method: method}
}

func metaRules() []rule {
	return []rule{
		record("meta.schema_version", "Constant 1"),
		record("meta.engine", "“local”, or the model that took part"),
		record("meta.confidence", "w / (w + 400) for w words of running text, halved when the language is uncertain"),
		record("meta.notes", "Amount and language of the text, what was left out, which values the user gave or a model wrote"),
		record("meta.uncertainty.fields", "Paths of all empty values of the style, patterns, guidelines and measurements, and of the company name and tagline"),
		record("meta.uncertainty.reasons.*", "One sentence for each of them"),
	}
}

func crawlRules() []rule {
	const c = "crawl_result.content."
	return []rule{
		record("crawl_result.success", "True: an analysis exists only for what was read"),
		record("crawl_result.url", "Address asked for; empty for a text"),
		record("crawl_result.timestamp", "Time at which the start page was fetched or the text given"),
		record(c+"title", "Start page"),
		record(c+"description", "Start page, meta description"),
		record(c+"main_content", "Main text of all pages in order, cut after 10,000 characters"),
		record(c+"headings", "Start page"),
		record(c+"links[].text", "Start page, first 100"),
		record(c+"links[].href", "Start page, first 100"),
		record(c+"images[].alt", "Start page, first 100"),
		record(c+"images[].src", "Start page, first 100"),
		record(c+"meta_tags.*", "Start page"),
		record(c+"domain_info.domain", "Host of the start page, with port"),
		record(c+"domain_info.domain_name", "Host without “www.”"),
		record(c+"domain_info.is_blog", "More than half of the words of all pages in posts"),
		record(c+"domain_info.is_ecommerce", "A shop page, or product pages with Product or Offer in JSON-LD"),
		record(c+"domain_info.is_corporate", "An about or team page, and services, products, prices, careers or case studies"),
		record(c+"domain_info.has_blog_section", "A page, known address, link or heading of that type"),
		record(c+"domain_info.has_about_page", "A page, known address, link or heading of that type"),
		record(c+"domain_info.has_contact_page", "A page, known address, link or heading of that type"),
		record(c+"social_media.*", "All pages, first address of each platform"),
		record(c+"brand_info.logo_alt", "All pages"),
		{
			path: c + "brand_info.company_name", siteOnly: true, languages: forAll(), missing: "No structured data or meta tag names the owner, and no part of the page titles recurs on most pages.",
			method: "Name that most pages give (JSON-LD, og:site_name, a part of the title that the host's name contains); else the last part of the titles, or the first, that most pages share and two different titles join to something else",
		},
		{path: c + "brand_info.tagline", siteOnly: true, languages: forAll(), missing: "The start page shows no slogan.", method: "Start page (JSON-LD slogan or first heading)"},
		record(c+"brand_info.contact_info.email", "All pages"),
		record(c+"brand_info.contact_info.phone", "All pages"),
		record(c+"brand_info.contact_info.address", "All pages"),
		record(c+"content_structure.headings.h1", "Start page, count"),
		record(c+"content_structure.headings.h2", "Start page, count"),
		record(c+"content_structure.headings.h3", "Start page, count"),
		record(c+"content_structure.headings.h4", "Start page, count"),
		record(c+"content_structure.headings.h5", "Start page, count"),
		record(c+"content_structure.headings.h6", "Start page, count"),
		record(c+"content_structure.paragraphs", "Start page, count"),
		record(c+"content_structure.lists", "Start page, count"),
		record(c+"content_structure.images", "Start page, count"),
		record(c+"content_structure.links", "Start page, count"),
		record(c+"content_structure.content_sections", "Start page, count"),
		record(c+"content_structure.has_navigation", "Start page"),
		record(c+"content_structure.has_footer", "Start page"),
		record(c+"content_structure.has_sidebar", "Start page"),
		record(c+"content_structure.has_call_to_action", "Start page"),
		record("crawl_result.pages[].url", "Every page read"),
		record("crawl_result.pages[].title", "Every page read"),
		record("crawl_result.pages[].type", "By address (last segment first), JSON-LD type, parent segments, first heading, title; word lists in ten languages; else “other”"),
		record("crawl_result.pages[].words", "Words of the main text, in whatever language, beyond what is measured too"),
		record("crawl_result.warnings[].code", "As the crawl gave it"),
		record("crawl_result.warnings[].message", "As the crawl gave it"),
	}
}

// measuredRules are the measured values that can be empty.
func measuredRules() []rule {
	short := "The text is too short to measure."
	measured := func(path string, l languages, least int, method, missing string) rule {
		return rule{path: "measurements." + path, languages: l, least: least, method: method, missing: missing}
	}
	site := func(r rule) rule {
		r.siteOnly = true
		return r
	}
	return []rule{
		measured("sentence_words", forAll(), 0, "Mean, median, 10th and 90th percentile (nearest rank), population standard deviation, histogram of words per sentence", short),
		measured("paragraph_words", forAll(), 0, "The same for words per paragraph or quotation", "No paragraphs of running text."),
		measured("word_letters", forSpaced(), 0, "The same for letters and digits per word", short),
		measured("readability.flesch_reading_ease", forEnglish(), textstat.MinRatioWords, "206.835 − 1.015 words/sentences − 84.6 syllables/words (Flesch 1948); numbers count as words of a sentence, but, as Flesch advises, not where syllables are counted", short),
		measured("readability.flesch_kincaid_grade", forEnglish(), textstat.MinRatioWords, "0.39 words/sentences + 11.8 syllables/words − 15.59 (Kincaid et al. 1975); numbers as for Flesch", short),
		measured("readability.gunning_fog", forEnglish(), textstat.MinRatioWords, "0.4 (words/sentences + 100 complex/words), complex: three syllables, not by -es, -ed, -ing, no compounds or names (Gunning 1952); numbers as for Flesch", short),
		measured("readability.ari", forAlphabets(), textstat.MinRatioWords, "4.71 characters/words + 0.5 words/sentences − 21.43 (Smith and Senter 1967)", short),
		measured("readability.lix", forAlphabets(), textstat.MinRatioWords, "words/sentences + 100 words of more than six letters/words (Björnsson 1968); numbers are no long words", short),
		measured("readability.syllables_per_word", forEnglish(), textstat.MinRatioWords, "Rules with a list of exceptions; of words with a letter", short),
		measured("vocabulary.mattr_50", forSpaced(), textstat.MattrWindow, "Mean share of different words in each window of 50 (Covington and McFall 2010)", short),
		measured("vocabulary.hapax_share", forSpaced(), textstat.MinRatioWords, "Share of the distinct words that occur once", short),
		measured("vocabulary.long_word_share", forAlphabets(), textstat.MinRatioWords, "Share of words of more than six letters, numbers none", short),
		measured("vocabulary.content_word_share", forListed(), textstat.MinRatioWords, "Share of words that are no function words (Ure 1971)", short),
		measured("person.first_singular", forListed(), textstat.MinRatioWords, "Share of words that are pronouns and possessives of the person", short),
		measured("person.first_plural", forListed(), textstat.MinRatioWords, "The same", short),
		measured("person.second", forListed(), textstat.MinRatioWords, "The same", short),
		measured("person.third", forListed(), textstat.MinRatioWords, "The same", short),
		measured("person.formal_address", forPoliteOnly(), textstat.MinRatioWords, "Polite forms among the second-person forms, from three forms", "The text hardly addresses the reader."),
		measured("syntax.passive_share", forEnglish(), 0, "Sentences with a form of be, at most two adverbs and a past participle", "Fewer than three sentences."),
		measured("syntax.imperative_share", forEnglish(), 0, "Sentences that begin with the base form of a common verb (list)", "Fewer than three sentences."),
		measured("syntax.question_share", forAll(), 0, "Sentences that end in a question mark", "Fewer than three sentences."),
		measured("syntax.exclamation_share", forAll(), 0, "Sentences that end in an exclamation mark", "Fewer than three sentences."),
		measured("syntax.contractions_per_1000", forEnglish(), textstat.MinRatioWords, "Words in n't, 're, 've, 'll, 'm, 'd, and it's, that's … per 1,000", "Fewer than three sentences."),
		measured("formality", forEnglish(), textstat.MinLabelWords, "(prepositions% + articles% − pronouns% − interjections% − contractions% + 100) / 2: F-score of Heylighen and Dewaele (1999) without the classes that need a tagger", short),
		measured("punctuation_per_1000", forAll(), textstat.MinRatioWords, "Marks per 1,000 words, by name", "No punctuation."),
		measured("sentiment", forEnglish(), 0, "VADER (Hutto and Gilbert 2014) per sentence, first 5,000 sentences", "Fewer than three sentences."),
		measured("keywords", forListed(), 0, "Runs of 1 to 3 content words (as in RAKE, Rose et al. 2010); (occurrences + 2 in titles) · (1 + log₂ pages) · length weight 1, 1.8, 2; at least twice (three words: three times); no adjectives (by ending) that mostly stand before another word; brand names left out", "No term occurs twice."),
		measured("phrases", forListed(), 0, "Sequences of 2 or 3 words used three times, content words at both ends", "No phrase occurs three times."),
		measured("topics", forListed(), 0, "Keywords that share a word or 40% of their text blocks with a better one", "No keyword occurs in two text blocks."),
		measured("function_words", forListed(), textstat.MinProfileWords, "Rate per 1,000 of the language's 60 most frequent function words", short),
		measured("transitions", forListed(), 0, "Linking words and phrases (list); ordinals only where a sentence begins", "No linking words were found."),
		measured("devices", forAll(), 0, "Pattern counts, see style_patterns.patterns.rhetorical_devices", "None of the devices that can be counted was found."),
		measured("audience", forEnglish(), 0, "Groups of people, see target_audience.demographics", "The text names no group of people that it is for."),
		site(measured("page_types.found", forAll(), 0, "Types of the pages read", "Only a website shows this.")),
		site(measured("page_types.linked", forAll(), 0, "Types that only a known address, link or heading shows", "None beside the pages read.")),
		site(measured("page_types.missing", forAll(), 0, "See content_strategy_insights.content_gaps", "Every kind of page that such a site usually has was found, or too little of the site was seen.")),
		site(measured("visuals", forAll(), 0, "Counts over the pages read", "Only a website shows this.")),
		site(measured("post_interval_days", forAll(), 0, "Median of the days between dated posts (JSON-LD, meta tags), from three posts", "Fewer than three posts have a date.")),
		site(measured("consistency", forAlphabets(), 0, "Coefficient of variation of mean sentence length and range of LIX over pages of 50 words", "Fewer than two measured pages have 50 words of running text.")),
	}
}
