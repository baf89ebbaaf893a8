// Package httpapi serves the API: it composes the operations of edge, wizard, live and
// admin, completes the OpenAPI document and serves it, its page and the web page.
//
// Fiber and huma are known here and below only. wizard, live and admin never import each
// other; each stands on edge.
package httpapi
