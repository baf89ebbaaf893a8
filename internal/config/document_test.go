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

// The table of settings in docs/operations.md is that of the code.
func TestSettingsDocumentIsCurrent(t *testing.T) {
	t.Parallel()
	meanings, text := settingMeanings(t), drift.Head("variable", "default", "of", "meaning")
	api, worker := settingsOf(API{}), settingsOf(Worker{})
	listed := map[string]bool{}
	for _, field := range append(api, worker...) {
		key := field.Tag.Get("env")
		if listed[key] {
			continue
		}
		listed[key] = true
		assert.NotEmpty(t, meanings[key], "%s has no comment", key)
		text += drift.Row("`"+key+"`", code(field.Tag.Get("envDefault")), readers(key, api, worker), meanings[key]+
			fileOf(field))
	}
	drift.Block(t, "../../docs/operations.md", "settings", text)
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
		return "both"
	case has(api):
		return "api"
	}
	return "worker"
}

func code(value string) string {
	if value == "" {
		return ""
	}
	return "`" + value + "`"
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
