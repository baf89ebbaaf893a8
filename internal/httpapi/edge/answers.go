package edge

import (
	"reflect"
	"time"
)

// NoStore is the Cache-Control of responses that no cache may store.
const NoStore = "no-store"

// Output is a response with a body and no ETag.
type Output[T any] struct{ Body T }

// BodyInput is the input of an operation that reads nothing but a body.
type BodyInput[T any] struct{ Body T }

// StepError says why a step failed.
type StepError struct {
	Code   string `json:"code" example:"host_not_found" doc:"Stable and machine-readable."`
	Detail string `json:"detail" example:"There is no website at example.invalid. Check the spelling of the address." doc:"What happened and what to do."`
}

// TextOrNil returns nil for the empty text, which responses show as null.
func TextOrNil(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// UTC returns the time in UTC, nil for nil.
func UTC(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}

// WithoutNulls replaces the nil slices and maps inside of what target points to
// by empty ones. A stored document of an older release lacks the newer lists.
func WithoutNulls(target any) { fillNil(reflect.ValueOf(target)) }

func fillNil(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			fillNil(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fillNil(v.Field(i))
			}
		}
	case reflect.Slice:
		if v.IsNil() {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		}
		for i := range v.Len() {
			fillNil(v.Index(i))
		}
	case reflect.Map:
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
		}
	}
}

// OK returns a response of 200.
func OK[T any](body T) *Output[T] { return &Output[T]{Body: body} }

// Respond returns a response of 200 with what shape makes of a value, or err.
func Respond[V, B any](value V, err error, shape func(V) B) (*Output[B], error) {
	if err != nil {
		return nil, err
	}
	return OK(shape(value)), nil
}

// Map applies shape to each value. The result is never nil.
func Map[V, B any](values []V, shape func(V) B) []B {
	shaped := make([]B, len(values))
	for i, value := range values {
		shaped[i] = shape(value)
	}
	return shaped
}
