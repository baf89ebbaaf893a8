package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/alwrity/onboarding/internal/llm/llmtest"
)

// The servers outside that the programs call, by name.
const (
	siteHost  = "www.example.com"
	modelHost = "api.openai.com"
	modelKey  = "sk-walk-0123456789abcdef"
)

// outside answers for the internet of a world: a website, a model provider and an identity provider, all over TLS.
type outside struct {
	models *llmtest.Server
	key    *rsa.PrivateKey
}

const issuerKeyID = "walk"

// openOutside serves them on the internet's address. Certificates are of an authority that roots are given.
func (w *world) openOutside(ctx context.Context, issuer string) (*outside, error) {
	models, err := llmtest.Start(llmtest.Config{Family: llmtest.OpenAI, Keys: []string{modelKey}})
	if err != nil {
		return nil, err
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	o := &outside{models: models, key: key}
	target, err := url.Parse(models.URL())
	if err != nil {
		return nil, err
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.Out.URL.Scheme, r.Out.URL.Host = target.Scheme, target.Host
	}}
	mux := http.NewServeMux()
	// For any other name too: each user's own website.
	mux.Handle("/", http.FileServer(http.Dir(filepath.Join(w.tree, "internal/cmd/dev/site"))))
	mux.Handle(modelHost+"/", proxy)
	hosts := []string{siteHost, modelHost}
	for n := range w.users {
		hosts = append(hosts, userHost(n))
	}
	if issuer != "" {
		address, err := url.Parse(issuer)
		if err != nil {
			return nil, err
		}
		hosts = append(hosts, address.Hostname())
		mux.HandleFunc(address.Hostname()+"/.well-known/jwks.json", o.publishKeys)
	}
	for _, host := range hosts {
		w.hosts[host] = []string{internet}
	}
	certificate, err := w.certify(hosts)
	if err != nil {
		return nil, err
	}
	listener, err := tls.Listen("tcp", internet+":443", &tls.Config{
		Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"},
	})
	if err != nil {
		return nil, err
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	context.AfterFunc(ctx, func() { _ = server.Close(); models.Close() })
	go func() { _ = server.Serve(listener) }()
	return o, nil
}

func (o *outside) publishKeys(w http.ResponseWriter, _ *http.Request) {
	encode := base64.RawURLEncoding.EncodeToString
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"keys": []map[string]string{{
		"kty": "RSA", "use": "sig", "alg": "RS256", "kid": issuerKeyID,
		"n": encode(o.key.N.Bytes()), "e": encode(big.NewInt(int64(o.key.E)).Bytes()),
	}}})
}

// token returns a token of the identity provider for a page of the origin.
func (o *outside) token(issuer, origin string) (string, error) {
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"sub": walkedUser, "iss": issuer, "azp": origin, "iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix(),
	})
	token.Header["kid"] = issuerKeyID
	return token.SignedString(o.key)
}

// asked makes sure that the model was asked with the user's key, which only a worker that opens sealed keys can.
func (o *outside) asked() error {
	for _, call := range o.models.Calls() {
		if !call.List && call.KeyFingerprint == llmtest.Fingerprint(modelKey) {
			return nil
		}
	}
	return errors.New("no worker has asked the model with the user's key")
}

// authorities is the folder of the certificate authorities that roots are given.
func (w *world) authorities() string { return filepath.Join(w.folder, "authorities") }

// certify makes an authority that roots trust, and a certificate by it.
func (w *world) certify(hosts []string) (tls.Certificate, error) {
	authorityKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "deploy check"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	root, err := x509.CreateCertificate(rand.Reader, authority, authority, authorityKey.Public(), authorityKey)
	if err != nil {
		return tls.Certificate{}, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), DNSNames: hosts, NotBefore: authority.NotBefore, NotAfter: authority.NotAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	signed, err := x509.CreateCertificate(rand.Reader, leaf, authority, key.Public(), authorityKey)
	if err != nil {
		return tls.Certificate{}, err
	}
	if err := os.MkdirAll(w.authorities(), 0o755); err != nil {
		return tls.Certificate{}, fmt.Errorf("make the folder of the authorities: %w", err)
	}
	encoded := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root})
	return tls.Certificate{Certificate: [][]byte{signed}, PrivateKey: key},
		os.WriteFile(filepath.Join(w.authorities(), "ca-certificates.crt"), encoded, 0o644) //nolint:gosec // public
}
