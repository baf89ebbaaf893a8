package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/langdetect"
)

// declared are the languages that are learned from declarations, by the names of their files.
var declared = map[string]string{
	"glg.html": "gl", "ast.html": "ast", "lnc.html": "oc", "bre.html": "br", "gla.html": "gd", "fri.html": "fy",
	"ltz.html": "lb", "fao.html": "fo", "mlt.html": "mt", "cos.html": "co", "fur.html": "fur", "roh_rumgr.html": "rm",
	"src.html": "sc", "wln.html": "wa", "sme.html": "se", "hsb.html": "hsb", "nds.html": "nds",
	"hat_kreyol.html": "ht", "pap.html": "pap", "jav.html": "jv", "sun.html": "su", "ceb.html": "ceb",
	"ilo.html": "ilo", "plt.html": "mg", "hau_3.html": "ha", "ibo.html": "ig", "nya_chechewa.html": "ny",
	"gax.html": "om", "run.html": "rn", "kin.html": "rw", "tuk_latn.html": "tk", "uzn_latn.html": "uz",
	"uzn_cyrl.html": "uz-cyrl", "kmr.html": "ku", "wol.html": "wo", "haw.html": "haw", "smo.html": "sm",
	"crh.html": "crh", "aka_asante.html": "ak", "lin.html": "ln", "kir.html": "ky", "tgk.html": "tg",
	"tat.html": "tt", "pbu.html": "ps", "uig_arab.html": "ug", "skr.html": "skr", "nep.html": "ne", "mai.html": "mai",
	"bho.html": "bho", "ydd.html": "yi", "amh.html": "am", "tir.html": "ti",
}

// messaged are the languages that are learned from the messages of a program besides.
var messaged = map[string]string{"gl.json": "gl"}

// readTexts reads the folders.
func readTexts(sentences, declarations, messages string) ([]langdetect.Text, error) {
	texts, err := readSentences(sentences)
	if err != nil {
		return nil, err
	}
	lines := map[string][]string{}
	for _, source := range []struct {
		folder string
		files  map[string]string
		read   func(content []byte) []string
	}{{declarations, declared, paragraphsOf}, {messages, messaged, messagesOf}} {
		for _, name := range slices.Sorted(maps.Keys(source.files)) {
			content, err := os.ReadFile(filepath.Join(source.folder, name))
			if err != nil {
				return nil, err
			}
			key := source.files[name]
			lines[key] = append(lines[key], source.read(content)...)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(lines)) {
		code, _, _ := strings.Cut(key, "-")
		texts = append(texts, langdetect.Text{Code: code, Lines: lines[key]})
	}
	return texts, nil
}

// readSentences reads a file for each language.
func readSentences(sentences string) ([]langdetect.Text, error) {
	files, err := filepath.Glob(filepath.Join(sentences, "*.txt"))
	if err != nil || len(files) == 0 {
		return nil, errors.Join(fmt.Errorf("there are no sentences in %q", sentences), err)
	}
	var texts []langdetect.Text
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		code := strings.TrimSuffix(filepath.Base(name), ".txt")
		if langdetect.OwnScript(code) {
			continue
		}
		texts = append(texts, textOf(code, string(content)))
		if code == "sr" { // which is written in Latin letters too
			texts = append(texts, textOf(code, serbianLatin.Replace(string(content))))
		}
	}
	return texts, nil
}

// textOf is a text with a sentence on each line.
func textOf(code, content string) langdetect.Text {
	return langdetect.Text{
		Code: langdetect.Canonical(code), Lines: strings.Split(strings.TrimSpace(content), "\n"),
	}
}

var paragraph = regexp.MustCompile(`(?s)<(?:p|h\d|li)[^>]*>(.*?)</(?:p|h\d|li)>`)

var placeholder = regexp.MustCompile(`%\([^)]*\)\w|<[^>]*>`)

var tag = regexp.MustCompile(`<[^>]*>`)

// messagesOf are the texts of a JSON document, without the placeholders in them.
func messagesOf(document []byte) []string {
	var content any
	if json.Unmarshal(document, &content) != nil {
		return nil
	}
	var out []string
	var collect func(any)
	collect = func(value any) {
		switch value := value.(type) {
		case string:
			out = append(out, placeholder.ReplaceAllString(value, " "))
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(value)) {
				collect(value[key])
			}
		}
	}
	collect(content)
	return out
}

// paragraphsOf are the paragraphs of an HTML document.
func paragraphsOf(document []byte) []string {
	var out []string
	for _, found := range paragraph.FindAllStringSubmatch(string(document), -1) {
		out = append(out, html.UnescapeString(tag.ReplaceAllString(found[1], " ")))
	}
	return out
}

// serbianLatin writes Serbian in Latin letters.
var serbianLatin = strings.NewReplacer(
	"А", "A", "Б", "B", "В", "V", "Г", "G", "Д", "D", "Ђ", "Đ", "Е", "E", "Ж", "Ž", "З", "Z", "И", "I", "Ј", "J",
	"К", "K", "Л", "L", "Љ", "Lj", "М", "M", "Н", "N", "Њ", "Nj", "О", "O", "П", "P", "Р", "R", "С", "S", "Т", "T",
	"Ћ", "Ć", "У", "U", "Ф", "F", "Х", "H", "Ц", "C", "Ч", "Č", "Џ", "Dž", "Ш", "Š",
	"а", "a", "б", "b", "в", "v", "г", "g", "д", "d", "ђ", "đ", "е", "e", "ж", "ž", "з", "z", "и", "i", "ј", "j",
	"к", "k", "л", "l", "љ", "lj", "м", "m", "н", "n", "њ", "nj", "о", "o", "п", "p", "р", "r", "с", "s", "т", "t",
	"ћ", "ć", "у", "u", "ф", "f", "х", "h", "ц", "c", "ч", "č", "џ", "dž", "ш", "š",
)
