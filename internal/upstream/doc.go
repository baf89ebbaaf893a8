// Package upstream paces the calls to websites and providers, for all workers of a
// database together.
package upstream
