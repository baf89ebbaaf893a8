package webpage_test

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/webpage"
)

func ExampleDigest() {
	body := `<html lang="en"><head><title>Repairs | Spoke and Chain</title></head><body>
		<nav><a href="/">Home</a> <a href="/prices">Prices</a></nav>
		<main><h1>Repairs</h1>
		<p>We repair bicycles of every make while you wait, and we show you how it is done.</p>
		<p>Write to <a href="mailto:hello@spoke.example">hello@spoke.example</a>.</p></main>
		</body></html>`
	address := &url.URL{Scheme: "https", Host: "spoke.example", Path: "/repairs"}
	page, err := webpage.Digest(context.Background(), []byte(body), "text/html; charset=utf-8", address)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(page.Title, page.Lang, page.Contacts.Emails)
	for _, block := range page.Blocks {
		fmt.Println(block.Kind, block.Text)
	}
	// Output:
	// Repairs | Spoke and Chain en [hello@spoke.example]
	// heading Repairs
	// paragraph We repair bicycles of every make while you wait, and we show you how it is done.
	// paragraph Write to hello@spoke.example.
}

func ExampleFromText() {
	site := webpage.FromText(onboarding.WebsiteInput{
		TextSample: "# Repairs\n\nWe repair bicycles.\n\n- brakes\n- gears\n",
		Industry:   "cycling",
	}, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	fmt.Println(site.Text.Sample, site.Text.Industry)
	for _, block := range site.Pages[0].Blocks {
		fmt.Println(block.Kind, block.Text)
	}
	// Output:
	// true cycling
	// heading Repairs
	// paragraph We repair bicycles.
	// list_item brakes
	// list_item gears
}
