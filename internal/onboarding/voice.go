package onboarding

// Voice is how the text of a site is written, apart from what it is about, as package voice measures it.
type Voice struct {
	// Profile is what other texts are compared with.
	Profile VoiceProfile `json:"profile"`
	// Pages says how much each page of at least 100 words sounds like the rest of the site.
	Pages []VoicePage `json:"pages"`
	// Characteristic are words that the site uses more than the language does, the most telling first.
	Characteristic []VoiceWord `json:"characteristic"`
	// Passages are paragraphs of the site, verbatim, the most typical first.
	Passages []Passage `json:"passages"`
	// Traits say what the voice is and what it is not.
	Traits []VoiceTrait `json:"traits"`
	// House are the habits of spelling and setting.
	House HouseStyle `json:"house_style"`
}

// VoiceProfile holds the numbers by which texts are compared with a site.
type VoiceProfile struct {
	// Language is the code of the language. Only profiles of one language and one model can be compared.
	Language string `json:"language"`
	Model    string `json:"model"`
	// Words and Sentences count the text that was measured: prose, without quotations, legal pages and repetitions.
	Words     int `json:"words"`
	Sentences int `json:"sentences"`
	// LongSentence is the number of words that 95 of 100 sentences don't exceed.
	LongSentence int `json:"long_sentence"`
	// Features holds the square roots of the rates of the model's features, a byte each, in base64.
	Features string `json:"features"`
	// Measures are the habits that people can read, each with the range of the site.
	Measures []VoiceMeasure `json:"measures"`
	// Avoided are words of attitude that the site uses less than the language does.
	Avoided []VoiceWord `json:"avoided"`
	// Subject are the words beyond the language's commonest that the text has most above the language, names of the
	// owner left out, at most 80: what it is about. A masked text has none.
	Subject List `json:"subject"`
}

// VoiceMeasure is one habit of a text: words for each sentence, or occurrences in 1,000 words.
type VoiceMeasure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	// Low and High enclose eight of ten parts of the site of about 200 words; nil with fewer than five parts.
	Low  *float64 `json:"low"`
	High *float64 `json:"high"`
}

// VoicePage is the score of a page against the rest of its site.
type VoicePage struct {
	URL   string `json:"url"`
	Words int    `json:"words"`
	Score int    `json:"score"`
}

// VoiceWord is a word that a site uses more or less than the language does.
type VoiceWord struct {
	Text  string `json:"text"`
	Count int    `json:"count"`
	// Expected is how often a text of the same length has the word.
	Expected float64 `json:"expected"`
	// Score is the log-odds ratio in standard errors; beyond 2 it is hardly chance.
	Score float64 `json:"score"`
}

// Passage is a text of the site and the page that it stands on, "" for a text without a website.
type Passage struct {
	Text string `json:"text"`
	URL  string `json:"url"`
}

// VoiceTrait is one line of a style guide: "We are direct, not formal", with what shows it.
type VoiceTrait struct {
	We       string `json:"we_are"`
	Not      string `json:"not"`
	Evidence string `json:"evidence"`
}

// HouseStyle are the habits of spelling and setting, each with its counts; nil where the text doesn't show one.
type HouseStyle struct {
	Spelling       *string `json:"spelling"`
	SerialComma    *string `json:"serial_comma"`
	HeadingCase    *string `json:"heading_case"`
	Numbers        *string `json:"numbers"`
	Dates          *string `json:"dates"`
	QuotationMarks *string `json:"quotation_marks"`
	Capitals       *string `json:"capitals"`
	Reader         *string `json:"reader"`
	Firm           *string `json:"firm"`
	// Terms are the words and spellings that the firm has for its own things, Variants those that it mixes.
	Terms    List `json:"terms"`
	Variants List `json:"variants"`
}

// VoiceScore says how much a text sounds like a site.
type VoiceScore struct {
	// Score is 0 to 100; 50 is where a text is as likely of the site's writer as of another. Nil when Reason says why.
	Score *int `json:"score"`
	// Band is "on_voice" from 70, "near" from 50, else "off_voice"; "" without a score.
	Band   string `json:"band"`
	Reason string `json:"reason"`
	Words  int    `json:"words"`
	// Parts are the scores of what is compared, 0 to 100, by name.
	Parts map[string]int `json:"parts"`
	// Measures are the text's habits with the site's range.
	Measures []MeasuredHabit `json:"measures"`
	// Sentences are those that drift from the site, the worst first.
	Sentences []DriftingSentence `json:"sentences"`
	// Limits are the limits of the platform that the text breaks, a sentence each.
	Limits List `json:"limits"`
}

// MeasuredHabit is a habit of a text beside that of the site.
type MeasuredHabit struct {
	Name  string   `json:"name"`
	Value float64  `json:"value"`
	Site  float64  `json:"site"`
	Low   *float64 `json:"low"`
	High  *float64 `json:"high"`
	// Within reports whether the value is in the range, allowing for the length of the text; nil without a range.
	Within *bool `json:"within"`
}

// DriftingSentence is a sentence of a text that the site would not write, and why.
type DriftingSentence struct {
	Text    string `json:"text"`
	Reasons List   `json:"reasons"`
}
