package auth

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/privatefile"
)

const (
	// DevIssuerName is the claim iss of the development issuer's tokens.
	DevIssuerName = "onboarding-development"
	// DevKeyFile is the name of its private key in the data folder.
	DevKeyFile = "dev-issuer.pem"

	devKeyBits = 2048
)

// DevIssuer issues tokens on a developer's machine, in place of an identity
// provider. Whoever starts a process must refuse it in production.
type DevIssuer struct{ key *rsa.PrivateKey }

// OpenDevIssuer reads the key of the development issuer from dir and creates both
// where they are missing. Processes that do so at once end up with the same key.
func OpenDevIssuer(dir string) (*DevIssuer, error) {
	path := filepath.Join(dir, DevKeyFile)
	key, err := readDevKey(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = createDevKey(path); err == nil {
			key, err = readDevKey(path)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open development issuer: %w", err)
	}
	return &DevIssuer{key: key}, nil
}

func readDevKey(path string) (*rsa.PrivateKey, error) {
	data, err := os.ReadFile(path) //nolint:gosec // a fixed name in the data folder
	if err != nil {
		return nil, err
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(data)
	if err != nil {
		return nil, fmt.Errorf("%s holds no RSA key (delete it to get a new one): %w", path, err)
	}
	return key, nil
}

// createDevKey creates the file of the key, unless another process was first.
func createDevKey(path string) error {
	data, err := newDevKey()
	if err != nil {
		return err
	}
	//nolint:gosec // the local database's user must pass through
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := privatefile.Create(path, data); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

func newDevKey() ([]byte, error) {
	key, err := rsa.GenerateKey(rand.Reader, devKeyBits)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// Mint returns a token for the user that is valid for ttl from now.
func (d *DevIssuer) Mint(user User, ttl time.Duration) (string, error) {
	if err := checkUserID(user.ID); err != nil {
		return "", fmt.Errorf("mint token: %w", err)
	}
	var role, variant any
	if user.Role != "" {
		role = user.Role
	}
	if user.Variant != "" {
		variant = user.Variant
	}
	now := time.Now()
	return jwt.NewWithClaims(jwt.SigningMethodRS256, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer:    DevIssuerName,
			Subject:   user.ID,
			IssuedAt:  jwt.NewNumericDate(now),
			NotBefore: jwt.NewNumericDate(now),
			ExpiresAt: jwt.NewNumericDate(now.Add(ttl)),
		},
		SessionID: user.SessionID,
		Email:     user.Email,
		FirstName: user.FirstName,
		LastName:  user.LastName,
		Role:      role,
		Variant:   variant,
		Scope:     user.Scopes,
	}).SignedString(d.key)
}

// Verifier returns a verifier that accepts this issuer's tokens and no others.
func (d *DevIssuer) Verifier(reg prometheus.Registerer) *Verifier {
	return newVerifier(Settings{Issuer: DevIssuerName}, localKey{d.key.Public()}, reg)
}

// localKey is the one key of an issuer inside the process.
type localKey struct{ public crypto.PublicKey }

func (l localKey) keyfunc(context.Context) jwt.Keyfunc {
	return func(*jwt.Token) (any, error) { return l.public, nil }
}

func (localKey) ready() error { return nil }

func (localKey) current() any { return nil }
