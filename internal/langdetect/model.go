package langdetect

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"math"
	"sync"
)

//go:embed model.bin
var modelFile []byte

// embedded is the model that comes with the package.
var embedded = sync.OnceValue(func() *Model { return Read(modelFile) })

// The layout of a model, all numbers little-endian: the numbers of languages and of bits of the bucket index, 4 bytes
// each; a record for each language (code, script, typical score); the bucket index, an offset of 4 bytes for each
// bucket and for the end; the entries of the buckets, each a fingerprint of 2 bytes, a number of languages and 2 bytes
// for each of them (index, weight).
const (
	headerBytes   = 8
	languageBytes = 16
	codeBytes     = 8
	scriptAt      = 8
	typicalAt     = 12
	entryBytes    = 3
)

// Model knows the n-grams of languages. It is read in place and safe for concurrent use.
type Model struct {
	languages []language
	shift     uint32
	buckets   []byte
	entries   []byte
}

// language is what a model knows of a language in one script.
type language struct {
	code   string
	script script
	// typical is the mean weight of an n-gram in texts of the language.
	typical float64
}

// Read returns the model in a file that Train made.
func Read(file []byte) *Model {
	count, bits := binary.LittleEndian.Uint32(file), binary.LittleEndian.Uint32(file[4:])
	m := &Model{languages: make([]language, count), shift: 32 - bits}
	at := headerBytes
	for i := range m.languages {
		record := file[at : at+languageBytes]
		code, _, _ := bytes.Cut(record[:codeBytes], []byte{0})
		m.languages[i] = language{
			code: string(code), script: script(record[scriptAt]),
			typical: float64(math.Float32frombits(binary.LittleEndian.Uint32(record[typicalAt:]))),
		}
		at += languageBytes
	}
	end := at + 4*(1<<bits+1)
	m.buckets, m.entries = file[at:end], file[end:]
	return m
}

// Languages are the codes of the languages that can be detected.
func (m *Model) Languages() []string {
	set := map[string]bool{}
	for _, l := range m.languages {
		set[l.code] = true
	}
	for _, code := range ownLanguage {
		if code != "" {
			set[code] = true
		}
	}
	return sortedKeys(set)
}

// add adds the weights of an n-gram to the scores of the languages that have it.
func (m *Model) add(gram uint32, scores []int32) {
	bucket := m.buckets[4*(gram>>m.shift):]
	at, end := binary.LittleEndian.Uint32(bucket), binary.LittleEndian.Uint32(bucket[4:])
	for at < end {
		next := at + entryBytes + 2*uint32(m.entries[at+2])
		if uint32(binary.LittleEndian.Uint16(m.entries[at:])) == gram&0xFFFF {
			for at += entryBytes; at < next; at += 2 {
				scores[m.entries[at]] += int32(m.entries[at+1])
			}
			return
		}
		at = next
	}
}
