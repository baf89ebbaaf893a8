package style

import "github.com/alwrity/onboarding/internal/textstat"

func writingRules() []rule {
	return []rule{
		{
			path: "writing_style.tone", languages: forEnglish(), least: textstat.MinLabelWords, value: tone, missing: "The text is too short to hear a tone.",
			method: "Register from formality (below 55 conversational, from 59 formal, else neutral) and mood from the mean VADER sentiment (below -0.1 serious, below 0.1 matter-of-fact, below 0.35 positive, else warm); lively from 6% exclamations",
		},
		{
			path: "writing_style.voice", languages: forListed(), least: textstat.MinLabelWords, value: voice, missing: "The text is too short to hear a voice.",
			method: "Persons with at least 0.5% of the words (pronouns and possessives); in English active below 15% passive sentences, often passive from 30%",
		},
		{
			path: "writing_style.complexity", languages: forAlphabets(), least: textstat.MinLabelWords, value: complexity, missing: "The text is too short to tell.",
			method: "English: Flesch-Kincaid grade (6, 9, 12, 15); other languages: LIX (30, 40, 50, 60)",
		},
		{
			path: "writing_style.engagement_level", languages: forListed(), least: textstat.MinLabelWords, value: engagement, missing: "The text is too short to tell.",
			method: "How many of five: 2% second person, 5% questions or two in headings, 5% imperatives (en), 3% exclamations, calls to action on half of the pages; none is low, three are high",
		},
		{
			path: "writing_style.brand_personality", languages: forEnglish(), least: textstat.MinProfileWords, value: personality, missing: "Too few words that show a personality.",
			method: "Leading dimension of Aaker (1997) by word lists: at least 4 hits of 2 words and 3 in 1,000; a second one with two thirds of its hits",
		},
		{
			path: "writing_style.formality_level", languages: forPolite(), least: textstat.MinLabelWords, value: formalityLevel, missing: "The text is too short, or it never addresses the reader.",
			method: "English: formality (below 55 informal, from 59 formal); others: share of polite forms of address (below 20% informal, from 80% formal)",
		},
		{
			path: "writing_style.emotional_appeal", languages: forEnglish(), least: textstat.MinLabelWords, value: emotionalAppeal, missing: "The text is too short to tell.",
			method: "Shares of sentences with VADER compound of at least 0.05 and at most -0.05 (Hutto and Gilbert 2014), with the most frequent words of valence 1.5 and more",
		},
	}
}

func characteristicRules() []rule {
	return []rule{
		{
			path: "content_characteristics.sentence_structure", languages: forAll(), least: textstat.MinRatioWords, value: sentenceStructure, missing: "The text is too short to tell.",
			method: "Mean words per sentence (12, 18, 25) and its coefficient of variation (0.4, 0.65); sentences by Punkt (Kiss and Strunk 2006) in English, elsewhere by UAX #29 with abbreviation lists",
		},
		{
			path: "content_characteristics.vocabulary_level", languages: forAlphabets(), least: textstat.MinRatioWords, value: vocabularyLevel, missing: "The text is too short to tell.",
			method: "English: syllables per word (1.4, 1.6, 1.8); everywhere the share of long words and MATTR-50 as figures",
		},
		{
			path: "content_characteristics.paragraph_organization", languages: forAll(), least: textstat.MinRatioWords, value: paragraphOrganization, missing: "No paragraphs of running text.",
			method: "Mean words per paragraph (40, 80, 140), with the numbers of headings and list items",
		},
		{
			path: "content_characteristics.content_flow", languages: forListed(), least: textstat.MinLabelWords, value: contentFlow, missing: "Fewer than five sentences.",
			method: "Linking words per 100 sentences (10, 30) and words per heading",
		},
		{
			path: "content_characteristics.readability_score", languages: forAlphabets(), least: textstat.MinRatioWords, value: readabilityScore, missing: "The text is too short for readability formulas.",
			method: "English: Flesch reading ease with Flesch's bands, Flesch-Kincaid, Gunning fog, LIX; other languages: LIX with Björnsson's bands",
		},
		{
			path: "content_characteristics.content_density", languages: forAll(), value: contentDensity, missing: "No page with text.",
			method: "Words per page in the main language (150, 400, 900; websites only) and share of content words (Ure 1971)",
		},
		{
			path: "content_characteristics.visual_elements_usage", siteOnly: true, languages: forAll(), value: visualElements, missing: "Only a website shows this.",
			method: "Images and videos per page (0.5, 2, 6), tables, share of images with a text alternative",
		},
	}
}

func audienceRules() []rule {
	return []rule{
		{
			path: "target_audience.demographics", stated: statedAudience, languages: forEnglish(), list: demographics, missing: "The text names no group of people that it is for.",
			method: "What the user stated; then groups of people (word list, with modifiers) named twice, or once in a title or after “for”, “help”, “teach”, “serve”",
		},
		{
			path: "target_audience.expertise_level", languages: forAlphabets(), least: textstat.MinLabelWords, value: expertise, missing: "The text is too short to tell.",
			method: "English: beginner or expert words, three and twice the others; else the reading level: Flesch-Kincaid (7, 13) or LIX (35, 55)",
		},
		{
			path: "target_audience.industry_focus", stated: statedIndustry, languages: forAll(), value: industry, missing: "No structured data name an industry, and no industry's words clearly lead.",
			method: "What the user stated; else the schema.org type of the owner (see geographic_focus); else, in English, the industry with at least 5 hits of 3 words and 1.5 times the hits of the next",
		},
		{
			path: "target_audience.geographic_focus", languages: forAll(), value: geography, missing: "No address, international telephone code, country domain or language region is shown.",
			method: "First of: postal address or served area of the owner in JSON-LD (an organisation, business or person that stands in no other object and has the owner's name, the start page's address or neither; people only by name), address on the page, telephone code, country domain, region of the declared language (but en-us, the default of most software)",
		},
		modelRule("target_audience.psychographic_profile"),
		{
			path: "target_audience.pain_points", languages: forEnglish(), list: painPoints, missing: "No sentence clearly names a problem of the reader.",
			method: "Quoted sentences with at least two problem words, more than benefit words, that speak of the reader or of people",
		},
		{
			path: "target_audience.motivations", languages: forEnglish(), list: motivations, missing: "No sentence clearly promises the reader a benefit.",
			method: "Quoted sentences with at least two benefit words, more than twice as many as problem words, that speak of the reader or of people",
		},
	}
}

func contentRules() []rule {
	return []rule{
		{
			path: "content_type.primary_type", siteOnly: true, languages: forAll(), value: primaryType, missing: "No page has a recognisable type.",
			method: "Kind of page with the most words; company pages and the start page only where there is nothing else",
		},
		{
			path: "content_type.secondary_types", siteOnly: true, languages: forAll(), list: secondaryTypes, missing: "No second kind of content has 5% of the words.",
			method: "Other kinds of page with at least 5% of the words",
		},
		{
			path: "content_type.purpose", siteOnly: true, stated: statedGoals, languages: forAll(), value: purpose, missing: "Neither informing pages nor calls to action were found.",
			method: "The goals that the user stated; else promotional with calls that ask for a purchase, booking, contact, registration, download or gift; informational from 50% of the words in posts, guides and answers (25% beside such calls)",
		},
		{
			path: "content_type.call_to_action", siteOnly: true, languages: forAll(), value: callToAction, missing: "The pages show no call to action.",
			method: "Up to four calls in use, quoted: those that ask for something, then those that only link, the most frequent first; navigation and placeholders left out",
		},
		{
			path: "content_type.conversion_focus", siteOnly: true, languages: forAll(), value: conversionFocus, missing: "The pages show no call to action that a word list knows.",
			method: "Most frequent kind of call to action by word list (purchase, booking, donate, contact, sign up, download; learn more only where there is no other)",
		},
		{
			path: "content_type.educational_value", siteOnly: true, languages: forAll(), value: educationalValue, missing: "No posts, guides, answers or question headings were found.",
			method: "Share of the words in posts, guides, answers and resources (15%, 45%) and number of question headings",
		},
	}
}

func settingRules() []rule {
	return []rule{
		{
			path: "recommended_settings.writing_tone", languages: forEnglish(), least: textstat.MinLabelWords, value: recommendedTone, missing: "No tone was found.",
			method: "Label of writing_style.tone",
		},
		{
			path: "recommended_settings.target_audience", stated: statedAudience, languages: forEnglish(), value: recommendedAudience, missing: "The text names no group of people that it is for.",
			method: "What the user stated; else the first four of target_audience.demographics with the reading level",
		},
		{
			path: "recommended_settings.content_type", siteOnly: true, languages: forAll(), value: recommendedType, missing: "No page has a recognisable type.",
			method: "Label of content_type.primary_type",
		},
		{
			path: "recommended_settings.creativity_level", languages: forSpaced(), least: textstat.MattrWindow, value: creativity, missing: "The text is too short to tell.",
			method: "How many of four: sentence length varies by 60%, MATTR-50 of 0.85, five kinds of device, 5% exclamations; two are medium, three high",
		},
		{
			path: "recommended_settings.geographic_location", languages: forAll(), value: locationContext, missing: "No place was found.",
			method: "Label of target_audience.geographic_focus",
		},
		{
			path: "recommended_settings.industry_context", stated: statedIndustry, languages: forAll(), value: recommendedIndustry, missing: "No industry was found.",
			method: "What the user stated; else the label of target_audience.industry_focus",
		},
		{
			path: "recommended_settings.brand_alignment", languages: forAll(), value: brandAlignment, missing: "Neither values nor a positioning were found.",
			method: "First four of brand_analysis.brand_values with brand_analysis.brand_positioning",
		},
	}
}
