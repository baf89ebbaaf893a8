package main

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
)

// sampleSite is the website of an invented bicycle workshop.
//
//go:embed site
var sampleSite embed.FS

// openSite returns the folder to serve, the sample site when name is "".
func openSite(name string) (fs.FS, error) {
	if name == "" {
		return fs.Sub(sampleSite, "site")
	}
	info, err := os.Stat(name)
	if err != nil || !info.IsDir() {
		return nil, fmt.Errorf("there is no folder %s to serve", name)
	}
	return os.DirFS(name), nil
}
