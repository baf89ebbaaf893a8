// Package sitemap reads the sitemap files of a website and reports what they list.
//
// It is pure: package website fetches the files.
package sitemap
