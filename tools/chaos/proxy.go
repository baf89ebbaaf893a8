package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
)

// proxies hold a proxy to the database for each process, so that each can be
// disconnected alone.
type proxies struct {
	server *toxiproxy.ApiServer
	of     map[string]*toxiproxy.Proxy
}

func newProxies() *proxies {
	return &proxies{
		server: toxiproxy.NewServer(toxiproxy.NewMetricsContainer(prometheus.NewRegistry()), zerolog.Nop()),
		of:     map[string]*toxiproxy.Proxy{},
	}
}

// add starts the proxy of a slot and returns its address.
func (p *proxies) add(slot, upstream string) (string, error) {
	proxy := toxiproxy.NewProxy(p.server, slot, "127.0.0.1:0", upstream)
	if err := p.server.Collection.Add(proxy, true); err != nil {
		return "", fmt.Errorf("start the proxy of %s: %w", slot, err)
	}
	p.of[slot] = proxy
	return proxy.Listen, nil
}

// cut closes the connections of a slot and refuses new ones.
func (p *proxies) cut(slot string) { p.of[slot].Stop() }

// mend accepts connections again.
func (p *proxies) mend(slot string) error { return p.of[slot].Start() }

// delay delays every response to a slot.
func (p *proxies) delay(slot string, by time.Duration) error {
	_, err := p.of[slot].Toxics.AddToxicJson(strings.NewReader(fmt.Sprintf(
		`{"name":"slow","type":"latency","stream":"downstream","attributes":{"latency":%d,"jitter":%d}}`, by.Milliseconds(),
		by.Milliseconds()/4)))
	return err
}

func (p *proxies) hurry(ctx context.Context, slot string) error {
	return p.of[slot].Toxics.RemoveToxic(ctx, "slow")
}

func (p *proxies) stop() { _ = p.server.Collection.Clear() }
