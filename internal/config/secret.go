package config

import (
	"encoding/json"
	"log/slog"
)

// redacted stands for a secret wherever one would be printed.
const redacted = "REDACTED"

// Secret is a setting that must never be printed: fmt, slog and encoding/json
// show that it is set, not what it is.
type Secret string

// Reveal returns the value, for the one place that uses it.
func (s Secret) Reveal() string { return string(s) }

func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// GoString keeps %#v from printing the value.
func (s Secret) GoString() string { return s.String() }

// LogValue keeps slog from printing the value.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalJSON keeps encoding/json from printing the value.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }
