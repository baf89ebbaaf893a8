// Package httpapi serves the API: it composes the operations of edge, wizard,
// history, live and admin, completes the OpenAPI document and serves it, its page and the web page.
//
// Only this package and those below it import Fiber and huma. wizard, history, live and admin import
// edge and never each other.
package httpapi
