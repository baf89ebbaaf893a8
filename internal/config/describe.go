package config

import (
	"fmt"
	"iter"
	"log/slog"
	"reflect"
)

// Setting is one setting as a process shows it when it starts.
type Setting struct {
	// Name is the environment variable.
	Name string
	// Value is printable: secrets are redacted.
	Value string
	// Source is where the value comes from: SourceEnvironment, SourceFile or SourceDefault.
	Source string
}

// The values of Setting.Source. A default may depend on other settings.
const (
	SourceEnvironment = "environment"
	SourceFile        = "file"
	SourceDefault     = "default"
)

// Describe lists the settings of c, which is an API, Worker, Check or Tool loaded with
// the same options, in the order of their declaration.
func Describe(c any, o Options) []Setting {
	environment := o.settings()
	var settings []Setting
	for field := range settingFields(reflect.ValueOf(c)) {
		source := SourceDefault
		if _, ok := environment[field.key]; ok {
			source = SourceEnvironment
		} else if _, ok := environment[field.file]; ok {
			source = SourceFile
		}
		settings = append(settings, Setting{field.key, fmt.Sprint(field.value), source})
	}
	return settings
}

// LogAttr returns the settings as one group for the line that a process logs when
// it starts.
func LogAttr(settings []Setting) slog.Attr {
	attrs := make([]slog.Attr, len(settings))
	for i, s := range settings {
		attrs[i] = slog.String(s.Name, s.Value+" ("+s.Source+")")
	}
	return slog.GroupAttrs("settings", attrs...)
}

// settingField is one field with an env tag.
type settingField struct {
	name, key string
	// file is the variable that may name a file with the value instead, "" if none may.
	file  string
	value any
}

// settingFields walks the fields of a settings struct and of those it embeds.
func settingFields(v reflect.Value) iter.Seq[settingField] {
	return func(yield func(settingField) bool) {
		for _, f := range reflect.VisibleFields(v.Type()) {
			key := f.Tag.Get("env")
			if key == "" {
				continue
			}
			if !yield(settingField{f.Name, key, f.Tag.Get("file"), v.FieldByIndex(f.Index).Interface()}) {
				return
			}
		}
	}
}
