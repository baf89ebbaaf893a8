package edge

import (
	"reflect"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// NoStore is the Cache-Control of responses that no cache may store.
const NoStore = "no-store"

// Output is a response with a body and no ETag.
type Output[T any] struct{ Body T }

// Unstored is a response that no cache may store.
type Unstored[T any] struct {
	CacheControl string `header:"Cache-Control"`
	Body         T
}

// OKUnstored returns a response of 200 that no cache may store. Beside an error it is ignored.
func OKUnstored[T any](body T) *Unstored[T] { return &Unstored[T]{CacheControl: NoStore, Body: body} }

// BodyInput is the input of an operation that reads nothing but a body.
type BodyInput[T any] struct{ Body T }

// StepError says why a step failed.
type StepError struct {
	Code      string `json:"code" example:"host_not_found" doc:"Stable and machine-readable."`
	Detail    string `json:"detail" example:"There is no website at example.invalid. Check the spelling of the address." doc:"What happened and what to do."`
	Retryable bool   `json:"retryable" doc:"Whether asking for the same again may help. Otherwise something has to be changed first."`
}

// NewStepError returns why a step failed.
func NewStepError(code onboarding.FailureCode, detail string) *StepError {
	return &StepError{Code: string(code), Detail: detail, Retryable: code.Retryable()}
}

// OrNil returns nil for the zero value, which responses show as null.
func OrNil[T comparable](value T) *T {
	var zero T
	if value == zero {
		return nil
	}
	return &value
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

// OK returns a response of 200. Beside an error it is ignored.
func OK[T any](body T) *Output[T] { return &Output[T]{Body: body} }

// Page returns at most limit of rows, and the cursor of the last of them if there are more.
func Page[T, C any](rows []T, limit int, cursor func(T) C) (page []T, next *C) {
	if len(rows) <= limit {
		return rows, nil
	}
	last := cursor(rows[limit-1])
	return rows[:limit], &last
}

// Map applies shape to each value. The result is never nil.
func Map[V, B any](values []V, shape func(V) B) []B {
	shaped := make([]B, len(values))
	for i, value := range values {
		shaped[i] = shape(value)
	}
	return shaped
}
