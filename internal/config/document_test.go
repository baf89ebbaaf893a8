package config

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/drift"
)

// deploy/systemd/settings.example has every setting of the code.
func TestSettingsDocumentIsCurrent(t *testing.T) {
	t.Parallel()
	meanings := settingMeanings(t)
	text := "# Every setting: what it means, which programs read it, its default. make generate writes this file.\n"
	api, worker := settingsOf(API{}), settingsOf(Worker{})
	listed := map[string]bool{}
	for _, field := range append(api, worker...) {
		key := field.Tag.Get("env")
		if listed[key] {
			continue
		}
		listed[key] = true
		assert.NotEmpty(t, meanings[key], "%s has no comment", key)
		text += "\n" + comment(meanings[key]+fileOf(field)+" ["+readers(key, api, worker)+"]") +
			"#" + key + "=" + field.Tag.Get("envDefault") + "\n"
	}
	drift.File(t, "../../deploy/systemd/settings.example", text)
}

// comment breaks a text into lines of at most 120 characters that begin with "#".
func comment(text string) (lines string) {
	line := "#"
	for word := range strings.FieldsSeq(text) {
		if len([]rune(line+" "+word)) > 120 {
			lines, line = lines+line+"\n", "#"
		}
		line += " " + word
	}
	return lines + line + "\n"
}

func settingsOf(settings any) (fields []reflect.StructField) {
	for _, field := range reflect.VisibleFields(reflect.TypeOf(settings)) {
		if field.Tag.Get("env") != "" {
			fields = append(fields, field)
		}
	}
	return fields
}

// readers names the processes that read a setting.
func readers(key string, api, worker []reflect.StructField) string {
	has := func(fields []reflect.StructField) bool {
		for _, field := range fields {
			if field.Tag.Get("env") == key {
				return true
			}
		}
		return false
	}
	switch {
	case has(api) && has(worker):
		return "api, worker"
	case has(api):
		return "api"
	}
	return "worker"
}

// fileOf tells of the variable that may name a file with the value.
func fileOf(field reflect.StructField) string {
	if name := field.Tag.Get("file"); name != "" {
		return " Or `" + name + "` names a file that holds it."
	}
	return ""
}

// settingMeanings returns the comment of each field with an env tag, by its variable; of
// two fields the first.
func settingMeanings(t *testing.T) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "config.go", nil, parser.ParseComments)
	require.NoError(t, err)
	meanings := map[string]string{}
	ast.Inspect(file, func(node ast.Node) bool {
		field, ok := node.(*ast.Field)
		if !ok || field.Tag == nil {
			return true
		}
		tag, err := strconv.Unquote(field.Tag.Value)
		require.NoError(t, err)
		if key := reflect.StructTag(tag).Get("env"); meanings[key] == "" {
			meanings[key] = strings.Join(strings.Fields(field.Doc.Text()), " ")
		}
		return true
	})
	return meanings
}
