// Package httpapi is the HTTP face of the system: routes, the shapes of requests
// and answers, who may ask, and how errors are told.
//
// It owns everything that mentions HTTP, and it is the only package that knows
// Fiber and huma. It must hold no rule of the domain and no SQL: a handler reads
// state or submits work, and shapes the answer.
package httpapi
