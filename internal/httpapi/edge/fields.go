package edge

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// Fields is a JSON object of a request whose fields are read one by one.
type Fields map[string]json.RawMessage

// Schema describes an object of any fields.
func (Fields) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}
}

// Has reports whether one of the fields is present and neither null nor {}.
func (f Fields) Has(names ...string) bool { return f.First(names...) != "" }

// First returns the first of the names that Has, or "".
func (f Fields) First(names ...string) string {
	for _, name := range names {
		switch strings.Join(strings.Fields(string(f[name])), "") {
		case "", "null", "{}":
		default:
			return name
		}
	}
	return ""
}

// Empty reports whether a field is absent, null, "", {} or [].
func (f Fields) Empty(name string) bool {
	switch strings.Join(strings.Fields(string(f[name])), "") {
	case "", "null", `""`, "{}", "[]":
		return true
	}
	return false
}

// Text returns a text field, "" if it is absent or null.
func (f Fields) Text(path, name string) (string, error) {
	return DecodeField[string](f, path, name, "text")
}

// DecodeField reads a field into T, whose zero value means absent or null. The error names the field
// below path and the type that it must have.
func DecodeField[T any](f Fields, path, name, want string) (T, error) {
	var value T
	if !f.Has(name) {
		return value, nil
	}
	if err := json.Unmarshal(f[name], &value); err != nil {
		return value, onboarding.WrongType(path+name, want)
	}
	return value, nil
}

// InvalidField is the error of a field with a value that it can't have.
func InvalidField(field, reason string) error {
	return &onboarding.InputError{Field: field, Code: "invalid_field", Reason: reason}
}

// InField sets the field of an input error.
func InField(field string, err error) error {
	return RenameField(err, func(string) string { return field })
}

// MoveField replaces the beginning from of the field of an input error by to; with to "" the value is
// the body itself.
func MoveField(err error, from, to string) error {
	return RenameField(err, func(field string) string {
		rest, found := strings.CutPrefix(field, from)
		if !found {
			return field
		}
		return cmp.Or(strings.TrimPrefix(to+rest, "."), "body")
	})
}

// RenameField changes the field that an input error names; other errors stay as they are.
func RenameField(err error, rename func(string) string) error {
	var input *onboarding.InputError
	if !errors.As(err, &input) {
		return err
	}
	renamed := *input
	renamed.Field = rename(input.Field)
	return &renamed
}

// ReadJSON decodes the body of a request that huma does not serve. example is a body as it should be.
func ReadJSON(c *fiber.Ctx, target any, example string) error {
	if !strings.HasPrefix(c.Get(fiber.HeaderContentType), fiber.MIMEApplicationJSON) {
		return StatusProblem(http.StatusUnsupportedMediaType)
	}
	if json.Unmarshal(c.Body(), target) != nil {
		return NewProblem(http.StatusBadRequest, "invalid_json", "Send a JSON object, for example "+example+".")
	}
	return nil
}
