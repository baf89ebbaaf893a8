package onboarding

import (
	"cmp"
	"strings"
)

// Measurements are the numbers measured on the text of a site. Shares are 0 to 1,
// rates are per 1,000 words, both rounded to four decimals. A nil pointer means
// that the number is not valid for the language or the text is too short;
// Meta.Uncertainty of the analysis says which. Slices are never nil.
//
// Sentences come from paragraphs, quotations and list items that are sentences; a
// sentence that several pages repeat counts once. Headings and tables count for
// Words, Keywords, Phrases and Topics only, code for nothing.
type Measurements struct {
	Language TextLanguage `json:"language"`
	// Pages counts the pages with text in the main language: the measured ones.
	Pages int `json:"pages"`
	// Words counts the words of the main text of all measured pages, headings, tables and repeated sentences included,
	// code left out. A word is a run of letters and digits with inner apostrophes and hyphens; an address, handle, hashtag
	// or file name is one word.
	Words int `json:"words"`
	// ProseWords counts the words of the measured sentences.
	ProseWords int `json:"prose_words"`
	// Sentences counts those of paragraphs, quotations and list items; repeated ones of six words and more count once.
	Sentences int `json:"sentences"`
	// Paragraphs counts paragraphs and quotations that hold a measured sentence.
	Paragraphs int `json:"paragraphs"`
	// Truncated reports that the text was longer than what is measured (200,000 words).
	Truncated bool `json:"truncated"`

	// SentenceWords is the distribution of words per sentence.
	SentenceWords *Distribution `json:"sentence_words"`
	// ParagraphWords is the distribution of words per paragraph.
	ParagraphWords *Distribution `json:"paragraph_words"`
	// WordLetters is the distribution of letters and digits per word.
	WordLetters *Distribution `json:"word_letters"`

	Readability Readability `json:"readability"`
	Vocabulary  Vocabulary  `json:"vocabulary"`
	Person      Person      `json:"person"`
	Syntax      Syntax      `json:"syntax"`
	// Formality is 0 (informal) to 100: the F-score of Heylighen and Dewaele (1999)
	// over the closed word classes that need no tagger,
	// (prepositions% + articles% - pronouns% - interjections% - contractions% + 100) / 2.
	// English only. News articles are near 58, personal blogs below 55.
	Formality *float64 `json:"formality"`
	// PunctuationPer1000 is the rate of each mark, by name ("comma", "dash", …).
	PunctuationPer1000 map[string]float64 `json:"punctuation_per_1000"`
	Sentiment          *Sentiment         `json:"sentiment"`

	// Keywords are the terms that the text is about, best first, at most 30: runs of 1 to 3 content words (as in RAKE,
	// Rose et al. 2010) that occur twice (three words: three times). Brand names, legal and consent texts, contact
	// details, testimonials and what most pages repeat are left out. German nouns keep their case.
	Keywords []Keyword `json:"keywords"`
	// Phrases are sequences of two or three words used at least three times.
	Phrases []Term `json:"phrases"`
	// Topics are groups of keywords that occur together, largest first, at most 8.
	Topics []Topic `json:"topics"`
	// FunctionWords is the rate per 1,000 words of the language's most frequent
	// function words, at most 60: a profile for comparing authors.
	FunctionWords map[string]float64 `json:"function_words"`
	// Transitions are linking words and phrases by frequency.
	Transitions []Term `json:"transitions"`
	// Devices are the rhetorical devices that can be counted, those found only.
	Devices []Device `json:"devices"`
	// Audience are the groups of people that the text names, by frequency.
	Audience []Term `json:"audience"`

	// Voice is how the text is written apart from its subject, nil for less than 30 words or an unknown language.
	Voice *Voice `json:"voice"`

	PageTypes   PageTypes    `json:"page_types"`
	Consistency *Consistency `json:"consistency"`
	// Visuals is nil for a text.
	Visuals *Visuals `json:"visuals"`
	// PostIntervalDays is the median number of days between dated posts, nil for fewer than three of them.
	PostIntervalDays *int `json:"post_interval_days"`
}

// TopicNames are the names of the largest n topics.
func (m Measurements) TopicNames(n int) []string {
	var names []string
	for _, topic := range m.Topics[:min(n, len(m.Topics))] {
		names = append(names, topic.Name)
	}
	return names
}

// TextLanguage is the language that the text was measured as.
type TextLanguage struct {
	// Code is ISO 639-1, or ISO 639-3 where that has none, or "" when unknown.
	Code string `json:"code"`
	// Name is the English name of the language, or "unknown".
	Name string `json:"name"`
	// Declared is what most pages declare (html lang), with its region, or "".
	Declared string `json:"declared"`
	// Confidence is 0 to 1, as the detector returns it for the whole text: 0 where only a declaration speaks for the
	// language.
	Confidence float64 `json:"confidence"`
	// Reliable reports that at least 40 letters were seen, 60% of them in one script, and that the detector is sure: a
	// score typical of the language and a clear lead over the next.
	Reliable bool `json:"reliable"`
	// Spaced reports that the language separates words by spaces. Where it does not,
	// words are the segments of Unicode UAX #29, for ideographs single characters.
	Spaced bool `json:"spaced"`
}

// Distribution summarises a list of counts. Percentiles are nearest-rank, StDev is
// the population standard deviation.
type Distribution struct {
	Mean   float64 `json:"mean"`
	Median float64 `json:"median"`
	P10    float64 `json:"p10"`
	P90    float64 `json:"p90"`
	StDev  float64 `json:"stdev"`
	Max    int     `json:"max"`
	// Histogram counts the values in each bucket, in rising order.
	Histogram []Bucket `json:"histogram"`
}

// Bucket is one bar of a histogram: From to To, both included.
type Bucket struct {
	From int `json:"from"`
	// To is nil for the last bucket, which is open.
	To    *int `json:"to"`
	Count int  `json:"count"`
}

// Readability holds the scores, each by its published formula. A number is a word
// of its sentence. Where syllables are counted, words are those with a letter: Flesch
// advises to leave figures out, since their syllables depend on the reader.
type Readability struct {
	// FleschReadingEase is 206.835 - 1.015 words/sentences - 84.6 syllables/words
	// (Flesch 1948). English only.
	FleschReadingEase *float64 `json:"flesch_reading_ease"`
	// FleschKincaidGrade is 0.39 words/sentences + 11.8 syllables/words - 15.59
	// (Kincaid et al. 1975). English only.
	FleschKincaidGrade *float64 `json:"flesch_kincaid_grade"`
	// GunningFog is 0.4 (words/sentences + 100 complex/words) (Gunning 1952), complex
	// words having three syllables or more, endings, compounds and names left out.
	// English only.
	GunningFog *float64 `json:"gunning_fog"`
	// ARI is 4.71 characters/words + 0.5 words/sentences - 21.43 (Smith and Senter
	// 1967). Any alphabet; its scale is that of American school grades.
	ARI *float64 `json:"ari"`
	// LIX is words/sentences + 100 long/words, long words having more than six
	// letters, numbers none (Björnsson 1968). Any alphabet.
	LIX *float64 `json:"lix"`
	// SyllablesPerWord is the mean number of syllables. English only.
	SyllablesPerWord *float64 `json:"syllables_per_word"`
}

// Vocabulary describes the choice of words.
type Vocabulary struct {
	// MATTR50 is the moving-average type-token ratio over windows of 50 words
	// (Covington and McFall 2010); it does not depend on the length of the text.
	MATTR50 *float64 `json:"mattr_50"`
	// DistinctWords counts the different word forms, case folded.
	DistinctWords int `json:"distinct_words"`
	// HapaxShare is the share of the distinct words that occur once.
	HapaxShare *float64 `json:"hapax_share"`
	// LongWordShare is the share of words with more than six letters, numbers none.
	LongWordShare *float64 `json:"long_word_share"`
	// ContentWordShare is the share of words that are not function words (lexical
	// density, Ure 1971). Languages with a stop-word list.
	ContentWordShare *float64 `json:"content_word_share"`
}

// Person holds the shares of words that are pronouns and possessives of each
// person. Languages that drop the pronoun show less than they mean.
type Person struct {
	FirstSingular *float64 `json:"first_singular"`
	FirstPlural   *float64 `json:"first_plural"`
	Second        *float64 `json:"second"`
	Third         *float64 `json:"third"`
	// FormalAddress is the share of polite forms among the second-person forms
	// (Sie/du, vous/tu, usted/tú …), for languages that tell them apart.
	FormalAddress *float64 `json:"formal_address"`
}

// Syntax holds the shares of kinds of sentences. Passive and imperative are
// heuristics without a parser, English only.
type Syntax struct {
	// PassiveShare: a form of be, at most two adverbs, and a past participle.
	PassiveShare *float64 `json:"passive_share"`
	// ImperativeShare: the sentence begins with the base form of a common verb.
	ImperativeShare  *float64 `json:"imperative_share"`
	QuestionShare    *float64 `json:"question_share"`
	ExclamationShare *float64 `json:"exclamation_share"`
	// ContractionsPer1000 is the rate of don't, we're, it's … English only.
	ContractionsPer1000 *float64 `json:"contractions_per_1000"`
}

// Sentiment is the mood of the first 5,000 sentences: in English the VADER score (Hutto and Gilbert 2014), in German,
// French, Spanish, Italian and Portuguese own lists of words of feeling, 2 each, less those negated, summed as VADER
// does.
type Sentiment struct {
	// Mean is the mean compound score, -1 to 1.
	Mean float64 `json:"mean"`
	// Positive, Neutral and Negative are the shares of sentences with a compound
	// score of at least 0.05, between, and at most -0.05.
	Positive float64 `json:"positive"`
	Neutral  float64 `json:"neutral"`
	Negative float64 `json:"negative"`
	// Words are the most frequent words of feeling, at most 10.
	Words []Term `json:"words"`
}

// Term is a word or phrase with its number of occurrences.
type Term struct {
	Text  string `json:"text"`
	Count int    `json:"count"`
	// Pages counts the pages that show it.
	Pages int `json:"pages"`
}

// Keyword is a term that the text is about.
type Keyword struct {
	Text  string `json:"text"`
	Count int    `json:"count"`
	Pages int    `json:"pages"`
	// InTitles counts the page titles and headings that contain it.
	InTitles int `json:"in_titles"`
	// Score orders keywords of one site: (occurrences + 2 in titles) (1 + log2 pages) times 1, 1.8 or 2 by the number of
	// words. It means nothing between sites.
	Score float64 `json:"score"`
}

// Topic is a group of at most six keywords that share a word or 40% of their paragraphs.
type Topic struct {
	// Name is the strongest keyword of the group.
	Name  string `json:"name"`
	Terms List   `json:"terms"`
	// Share is the share of the paragraphs and headings that name one of the terms.
	Share float64 `json:"share"`
	// Pages are the addresses of the pages that name Name, in crawl order.
	Pages List `json:"pages"`
	// Uncovered reports whether posts were read and none is about the topic.
	Uncovered bool `json:"uncovered"`
}

// Device is a rhetorical device that was found.
type Device struct {
	// Name is stable: question, list_of_three, anaphora, alliteration, contrast,
	// quotation, exclamation, figure.
	Name    string `json:"name"`
	Count   int    `json:"count"`
	Example string `json:"example"`
}

// Visuals counts what the pages show beside text.
type Visuals struct {
	Images int `json:"images"`
	// Described counts the images that have a text alternative.
	Described int `json:"described"`
	Videos    int `json:"videos"`
	Tables    int `json:"tables"`
}

// PageTypes says what kinds of page the site has. A type counts as present when a
// page that was read has it, or a known address or a section heading names it.
type PageTypes struct {
	// Found lists the types of the pages that were read, "other" included.
	Found []PageType `json:"found"`
	// Linked lists types that only an unread address or a heading shows.
	Linked List `json:"linked"`
	// Missing lists types that such a site usually has and that nothing shows.
	Missing List `json:"missing"`
}

// Gaps names the missing types as people call them.
func (t PageTypes) Gaps() []string {
	names := map[string]string{
		"faq": "questions and answers (FAQ)", "about": "a page about the owner", "blog": "a blog or news",
		"case_studies": "case studies", "services": "a page for the services or products",
	}
	var gaps []string
	for _, kind := range t.Missing {
		gaps = append(gaps, cmp.Or(names[kind], strings.ReplaceAll(kind, "_", " ")))
	}
	return gaps
}

// PageType sums up the pages of one type.
type PageType struct {
	Type  string `json:"type"`
	Pages int    `json:"pages"`
	Words int    `json:"words"`
}

// Consistency compares the pages that have at least 50 measured words.
type Consistency struct {
	Pages int `json:"pages"`
	// SentenceWordsCV is the coefficient of variation of the pages' mean sentence
	// length.
	SentenceWordsCV float64 `json:"sentence_words_cv"`
	// LIXRange is the difference between the hardest and the easiest page.
	LIXRange float64 `json:"lix_range"`
}
