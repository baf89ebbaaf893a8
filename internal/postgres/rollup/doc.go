// Package rollup counts the funnel by day, step and engine, and reads the counts and the
// histograms of times. It holds no content of users.
package rollup
