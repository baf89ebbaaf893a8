package style

import "github.com/alwrity/onboarding/internal/textstat"

func brandRules() []rule {
	return []rule{
		{
			path: "brand_analysis.brand_voice", languages: forEnglish(), least: textstat.MinLabelWords, value: brandVoice, missing: "The text is too short to hear a voice.",
			method: "The owner's name with the labels of tone and voice",
		},
		{
			path: "brand_analysis.brand_values", languages: forEnglish(), list: brandValues, missing: "No section or sentence states values.",
			method: "Value words (list) in sections headed “values”, “mission”, “philosophy” … and in paragraphs with “we believe”, “committed to” …",
		},
		{
			path: "brand_analysis.brand_positioning", languages: forAll(), value: positioning, missing: "No description, slogan or sentence says what the owner offers.",
			method: "Quoted: the user's description of the business (40 characters), else the description of the start page (40 characters), else its slogan (3 words), else, in English, the first sentence “we/I help, offer, make …”",
		},
		{
			path: "brand_analysis.competitive_differentiation", languages: forEnglish(), value: differentiation, missing: "No sentence compares the owner with others.",
			method: "Quoted: the sentence with most comparing phrases (“unlike”, “the only”, “what sets us apart” …)",
		},
		{
			path: "brand_analysis.trust_signals", languages: forAll(), list: trustSignals, missing: "No ratings, testimonials, guarantees or years in business are shown.",
			method: "Ratings in JSON-LD of the owner (see geographic_focus) and, by name, of products, services, courses and applications; quoted sentences with a founding year; in English also with testimonials, reviews, guarantees, insurance",
		},
		{
			path: "brand_analysis.authority_indicators", languages: forEnglish(), list: authority, missing: "No credentials, awards, memberships or research are shown.",
			method: "Academic title in the owner's name; quoted sentences with credentials, certificates, awards, memberships, research, training with a named teacher (“trained with Bosch”) or the level of a qualification (“level three technician”)",
		},
	}
}

func insightRules() []rule {
	return []rule{
		{
			path: "content_strategy_insights.strengths", languages: forAll(), list: strengths, missing: "No check was passed clearly.",
			method: "Passed checks: reading level (grade 9, LIX 40), passive (10%), direct address (2%), meta descriptions, main headings, text alternatives, structured data, contact details, calls to action, length of pages",
		},
		{
			path: "content_strategy_insights.weaknesses", languages: forAll(), list: weaknesses, missing: "No check failed.",
			method: "Failed checks: the same, and equal or long titles (65 characters), pages under 100 words (pages measured as a whole, in the main language), placeholder text, texts that end in an ellipsis, pages that repeat another",
		},
		{
			path: "content_strategy_insights.opportunities", siteOnly: true, languages: forAll(), list: opportunities, missing: "No frequent keyword lacks a title and no topic of the site lacks a post, or too little of the site was seen.",
			method: "Keywords of at least 5 occurrences (phrases 3) in no title or heading; where posts were read, topics named three times that none of them names in its title, description, headings or twice in its text, and no known post in its address or link; never the best keyword or words of two thirds of the pages",
		},
		modelRule("content_strategy_insights.threats"),
		{
			path: "content_strategy_insights.recommended_improvements", languages: forAll(), list: improvements, missing: "No check failed.",
			method: "One repair for each weakness",
		},
		{
			path: "content_strategy_insights.content_gaps", siteOnly: true, languages: forAll(), list: contentGaps, missing: "Every kind of page that such a site usually has was found, or too little of the site was seen.",
			method: "Usual kinds of page (about, contact; for businesses also FAQ, testimonials, blog, services, prices) that no read page, known address, link or heading shows",
		},
	}
}

func patternRules() []rule {
	return []rule{
		{
			path: "style_patterns.patterns.sentence_length", languages: forAll(), least: textstat.MinRatioWords, value: sentencePattern, missing: "The text is too short to tell.",
			method: "Mean, and shares of sentences of at most 10 and of more than 25 words (bucket bounds)",
		},
		{
			path: "style_patterns.patterns.vocabulary_patterns", languages: forListed(), least: textstat.MinLabelWords, list: vocabularyPatterns, missing: "No phrase recurs and no habit stands out.",
			method: "Phrases of 2 or 3 words used three times; contractions from 5 in 1,000; long words from 30% (en)",
		},
		{
			path: "style_patterns.patterns.rhetorical_devices", languages: forAll(), list: rhetoricalDevices, missing: "None of the devices that can be counted was found.",
			method: "Counts with an example: questions, lists of three, equal beginnings, alliteration, contrast (en), quotations, exclamations, figures",
		},
		{
			path: "style_patterns.patterns.paragraph_structure", languages: forAll(), least: textstat.MinRatioWords, value: paragraphPattern, missing: "No paragraphs of running text.",
			method: "Mean and median words and mean sentences per paragraph, number of paragraphs of one sentence; list items are none",
		},
		{
			path: "style_patterns.patterns.transition_phrases", languages: forListed(), list: transitionPhrases, missing: "No linking words were found.",
			method: "Linking words and phrases found (list), most frequent first",
		},
		{
			path: "style_patterns.style_consistency", siteOnly: true, languages: forAlphabets(), value: styleConsistency, missing: "Fewer than two measured pages have 50 words of running text.",
			method: "Coefficient of variation of the pages' mean sentence length (15%, 35%) and range of LIX, pages of at least 50 words",
		},
		{
			path: "style_patterns.unique_elements", languages: forAll(), list: uniqueElements, missing: "No habit stands out.",
			method: "Punctuation far above usual rates (dashes 8, ellipses 3, semicolons 3, exclamation marks 6, brackets 8, colons 12 in 1,000); phrases on three pages; two pages that open with a quotation",
		},
	}
}

func guidelineRules() []rule {
	const g = "style_guidelines.guidelines."
	return []rule{
		{
			path: g + "tone_recommendations", languages: forListed(), least: textstat.MinLabelWords, list: toneAdvice, missing: "The text is too short to hear a tone.",
			method: "Tone, voice, contractions (from 5 or below 1 in 1,000) and form of address as advice",
		},
		{
			path: g + "structure_guidelines", languages: forAll(), least: textstat.MinRatioWords, list: structureAdvice, missing: "The text is too short to tell.",
			method: "Mean sentence and paragraph length, words per heading",
		},
		{
			path: g + "vocabulary_suggestions", languages: forAll(), least: textstat.MinLabelWords, list: vocabularyAdvice, missing: "No recurring terms were found.",
			method: "Best eight keywords, five phrases, share of long words",
		},
		{
			path: g + "engagement_tips", languages: forListed(), least: textstat.MinLabelWords, list: engagementAdvice, missing: "No means of engagement stands out in the text.",
			method: "Questions (3%), imperatives (5%), lists of three (3), quotations (2), direct address (2%)",
		},
		{
			path: g + "audience_considerations", stated: statedAudience, languages: forAlphabets(), least: textstat.MinLabelWords, list: audienceAdvice, missing: "Nothing is known of the audience.",
			method: "Groups named, knowledge assumed, first pain point",
		},
		{
			path: g + "brand_alignment", languages: forAll(), list: brandAdvice, missing: "Neither values nor a positioning nor a personality were found.",
			method: "Values, positioning and personality as advice",
		},
		{
			path: g + "seo_optimization", siteOnly: true, languages: forAll(), list: searchAdvice, missing: "Nothing to repair was found.",
			method: "Failed checks of descriptions, titles, headings and structured data; a sitemap where the crawl looked for one and the host has none; ten best keywords in and not in titles",
		},
		{
			path: g + "conversion_optimization", siteOnly: true, languages: forAll(), list: conversionAdvice, missing: "Only a website shows this.",
			method: "Pages without a call to action (contact and legal pages aside), first call in use",
		},
		{
			path: "style_guidelines.best_practices", languages: forAll(), list: bestPractices, missing: "No check was passed clearly.",
			method: "One practice to keep for each strength",
		},
		{
			path: "style_guidelines.avoid_elements", languages: forAll(), least: textstat.MinLabelWords, list: avoid, missing: "The text is too short to tell.",
			method: "Sentences over the 90th percentile; from 500 words: exclamation marks below 1 in 1,000, questions below 1%; passive up to 10%; placeholder text",
		},
		{
			path: "style_guidelines.content_strategy", languages: forListed(), value: strategy, missing: "No topics were found.",
			method: "Three largest topics, primary type, three groups of the audience, three gaps",
		},
		{
			path: "style_guidelines.ai_generation_tips", languages: forAll(), least: textstat.MinLabelWords, list: generationAdvice, missing: "The text is too short to tell.",
			method: "Sentence lengths between the 10th and 90th percentile, tone, readability, best five keywords",
		},
		{
			path: "style_guidelines.competitive_advantages", languages: forEnglish(), list: advantages, missing: "No sentence states an advantage.",
			method: "Quoted sentences with promises (guarantee, free, same day, fixed price, award …)",
		},
		{
			path: "style_guidelines.content_calendar_suggestions", siteOnly: true, languages: forListed(), list: calendar, missing: "No dated posts, uncovered topics or question headings were found.",
			method: "Median days between three or more dated posts; topics without a post (see content_strategy_insights.opportunities); questions in headings",
		},
	}
}
