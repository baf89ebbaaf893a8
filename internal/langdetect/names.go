package langdetect

import "strings"

// Canonical returns the code that Detect gives to the language of a tag: nb-NO is no.
func Canonical(tag string) string {
	code, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(strings.TrimSpace(tag)), "_", "-"), "-")
	if renamed, ok := aliases[code]; ok {
		return renamed
	}
	return code
}

// aliases are other codes of languages, or of their written forms.
var aliases = map[string]string{
	"nb": "no", "nn": "no", "iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "fil": "tl", "cmn": "zh",
	"yue": "zh", "arb": "ar", "pes": "fa", "ydd": "yi",
}

// Name returns the English name of a language, or the code.
func Name(code string) string {
	if name, ok := names[code]; ok {
		return name
	}
	return code
}

// names are the English names of languages.
var names = map[string]string{
	"af": "Afrikaans", "ak": "Akan", "am": "Amharic", "ar": "Arabic", "ast": "Asturian", "az": "Azerbaijani",
	"be": "Belarusian", "bg": "Bulgarian", "bho": "Bhojpuri", "bn": "Bengali", "bo": "Tibetan", "br": "Breton",
	"bs": "Bosnian", "ca": "Catalan", "ceb": "Cebuano", "co": "Corsican", "crh": "Crimean Tatar", "cs": "Czech",
	"cy": "Welsh", "da": "Danish", "de": "German", "dv": "Maldivian", "el": "Greek", "en": "English", "eo": "Esperanto",
	"es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish", "fo": "Faroese", "fr": "French",
	"fur": "Friulian", "fy": "Frisian", "ga": "Irish", "gd": "Scottish Gaelic", "gl": "Galician", "gu": "Gujarati",
	"ha": "Hausa", "haw": "Hawaiian", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hsb": "Upper Sorbian",
	"ht": "Haitian Creole", "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian", "ig": "Igbo", "ilo": "Ilocano",
	"is": "Icelandic", "it": "Italian", "ja": "Japanese", "jv": "Javanese", "ka": "Georgian", "kk": "Kazakh",
	"km": "Khmer", "kn": "Kannada", "ko": "Korean", "ku": "Kurdish", "ky": "Kyrgyz", "la": "Latin", "lb": "Luxembourgish",
	"lg": "Ganda", "ln": "Lingala", "lo": "Lao", "lt": "Lithuanian", "lv": "Latvian", "mai": "Maithili", "mg": "Malagasy",
	"mi": "Maori", "mk": "Macedonian", "ml": "Malayalam", "mn": "Mongolian", "mr": "Marathi", "ms": "Malay",
	"mt": "Maltese", "my": "Burmese", "nds": "Low German", "ne": "Nepali", "nl": "Dutch", "no": "Norwegian",
	"ny": "Nyanja", "oc": "Occitan", "om": "Oromo", "or": "Odia", "pa": "Punjabi", "pap": "Papiamento", "pl": "Polish",
	"ps": "Pashto", "pt": "Portuguese", "rm": "Romansh", "rn": "Rundi", "ro": "Romanian", "ru": "Russian",
	"rw": "Kinyarwanda", "sc": "Sardinian", "se": "Northern Sami", "si": "Sinhala", "sk": "Slovak", "skr": "Saraiki",
	"sl": "Slovenian", "sm": "Samoan", "sn": "Shona", "so": "Somali", "sq": "Albanian", "sr": "Serbian",
	"st": "Southern Sotho", "su": "Sundanese", "sv": "Swedish", "sw": "Swahili", "ta": "Tamil", "te": "Telugu",
	"tg": "Tajik", "th": "Thai", "ti": "Tigrinya", "tk": "Turkmen", "tl": "Tagalog", "tn": "Tswana", "tr": "Turkish",
	"ts": "Tsonga", "tt": "Tatar", "ug": "Uyghur", "uk": "Ukrainian", "ur": "Urdu", "uz": "Uzbek", "vi": "Vietnamese",
	"wa": "Walloon", "wo": "Wolof", "xh": "Xhosa", "yi": "Yiddish", "yo": "Yoruba", "zh": "Chinese", "zu": "Zulu",
}
