// Package website crawls websites: it chooses the pages of a site to read and fetches them safely and politely.
//
// It owns every connection to a user's website: the guard against private addresses, robots.txt, the pace, and the
// limits of size and time. What a page says is read by package webpage, what a sitemap lists by package sitemap. It
// keeps nothing between crawls, and knows no jobs, storage or models.
package website
