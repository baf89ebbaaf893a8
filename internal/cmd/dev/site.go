package main

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/alwrity/onboarding/internal/cmd/worker"
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

// serveSite serves the folder on a free loopback port and returns its address.
func serveSite(ctx context.Context, folder fs.FS) (address string, stop func() error, err error) {
	handler, err := worker.FolderHandler(folder)
	if err != nil {
		return "", nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("serve the site: %w", err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }()
	return "http://" + listener.Addr().String(), server.Close, nil
}
