package seal_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/seal"
)

const canary = "sk-canary-0123456789"

// newRing returns the path of a new ring and the ring.
func newRing(t *testing.T) (string, *seal.Ring) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ring.json")
	require.NoError(t, seal.Create(t.Context(), path, nil))
	return path, load(t, path)
}

func load(t *testing.T, path string) *seal.Ring {
	t.Helper()
	ring, err := seal.Load(t.Context(), seal.Source{File: path})
	require.NoError(t, err)
	return ring
}

func sealed(t *testing.T, ring *seal.Ring) []byte {
	t.Helper()
	data, err := ring.Seal([]byte(canary), "user_1", "openai")
	require.NoError(t, err)
	return data
}

func TestSealAndOpen(t *testing.T) {
	t.Parallel()
	_, ring := newRing(t)
	data := sealed(t, ring)
	assert.Equal(t, ring.PrimaryPrefix(), data[:5])
	assert.NotContains(t, string(data), "canary")
	assert.NotEqual(t, data, sealed(t, ring), "each sealing has a nonce of its own")
	key, err := ring.Open(data, "user_1", "openai")
	require.NoError(t, err)
	assert.Equal(t, canary, string(key))
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	_, ring := newRing(t)
	_, other := newRing(t)
	good := sealed(t, ring)
	at := func(i int) []byte { data := bytes.Clone(good); data[i] ^= 1; return data }
	for name, test := range map[string]struct {
		data           []byte
		user, provider string
		want           error
	}{
		"another user":       {good, "user_2", "openai", seal.ErrNotAuthentic},
		"another provider":   {good, "user_1", "mistral", seal.ErrNotAuthentic},
		"shifted boundary":   {good, "user_1o", "penai", seal.ErrNotAuthentic},
		"nobody":             {good, "", "", seal.ErrNotAuthentic},
		"changed nonce":      {at(5), "user_1", "openai", seal.ErrNotAuthentic},
		"changed text":       {at(20), "user_1", "openai", seal.ErrNotAuthentic},
		"changed tag":        {at(len(good) - 1), "user_1", "openai", seal.ErrNotAuthentic},
		"changed key id":     {at(4), "user_1", "openai", seal.ErrUnknownKey},
		"another ring":       {sealed(t, other), "user_1", "openai", seal.ErrUnknownKey},
		"another first byte": {at(0), "user_1", "openai", seal.ErrNotAuthentic},
		"prefix alone":       {good[:5], "user_1", "openai", seal.ErrNotAuthentic},
		"cut prefix":         {good[:4], "user_1", "openai", seal.ErrNotAuthentic},
		"nothing":            {nil, "user_1", "openai", seal.ErrNotAuthentic},
		"never sealed":       {[]byte(canary), "user_1", "openai", seal.ErrNotAuthentic},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			key, err := ring.Open(test.data, test.user, test.provider)
			require.ErrorIs(t, err, test.want)
			assert.Nil(t, key)
			assert.NotContains(t, err.Error(), "canary")
		})
	}
}

// What was stored by an earlier build must open with a later one. The fixtures
// were made once; their keys are no one's.
func TestStoredFormsStayReadable(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("testdata/ring.json")
	require.NoError(t, err)
	ring, err := seal.Load(t.Context(), seal.Source{Value: string(content)})
	require.NoError(t, err)
	stored, err := os.ReadFile("testdata/sealed.hex")
	require.NoError(t, err)
	data, err := hex.DecodeString(strings.TrimSpace(string(stored)))
	require.NoError(t, err)
	key, err := ring.Open(data, "user_1", "openai")
	require.NoError(t, err)
	assert.Equal(t, canary, string(key))
	assert.Equal(t, "706fe5c45f8f33d6bc3c1c934d29c24f", ring.Fingerprint([]byte(canary)),
		"HMAC-SHA256 by another implementation")
}

func TestFingerprint(t *testing.T) {
	t.Parallel()
	path, ring := newRing(t)
	_, other := newRing(t)
	print := ring.Fingerprint([]byte(canary))
	assert.Regexp(t, "^[0-9a-f]{32}$", print)
	assert.Equal(t, print, ring.Fingerprint([]byte(canary)))
	assert.NotEqual(t, print, ring.Fingerprint([]byte(canary+"x")))
	assert.NotEqual(t, print, other.Fingerprint([]byte(canary)), "each ring has its own")

	id, err := seal.Add(t.Context(), path, nil)
	require.NoError(t, err)
	require.NoError(t, seal.Promote(t.Context(), path, nil, id))
	require.NoError(t, seal.Drop(t.Context(), path, nil, ring.Keys()[0].ID))
	assert.Equal(t, print, load(t, path).Fingerprint([]byte(canary)), "rotation keeps fingerprints")
}

func TestRotation(t *testing.T) {
	t.Parallel()
	path, before := newRing(t)
	old := sealed(t, before)
	first := before.Keys()[0].ID

	id, err := seal.Add(t.Context(), path, nil)
	require.NoError(t, err)
	added := load(t, path)
	assert.Equal(t, []seal.Key{{ID: first, Primary: true}, {ID: id}}, added.Keys())
	assert.Equal(t, before.PrimaryPrefix(), added.PrimaryPrefix(), "an added key does not seal")

	require.NoError(t, seal.Promote(t.Context(), path, nil, id))
	promoted := load(t, path)
	assert.Equal(t, []seal.Key{{ID: first}, {ID: id, Primary: true}}, promoted.Keys())
	assert.Equal(t, id.Prefix(), promoted.PrimaryPrefix())
	renewed := sealed(t, promoted)
	for _, data := range [][]byte{old, renewed} {
		_, err = promoted.Open(data, "user_1", "openai")
		require.NoError(t, err)
		_, err = added.Open(data, "user_1", "openai")
		require.NoError(t, err, "processes that know the added key open what the new primary sealed")
	}
	_, err = before.Open(renewed, "user_1", "openai")
	require.ErrorIs(t, err, seal.ErrUnknownKey)

	require.ErrorIs(t, seal.Drop(t.Context(), path, nil, first, id), seal.ErrPrimary)
	assert.Len(t, load(t, path).Keys(), 2, "all or none")
	require.NoError(t, seal.Drop(t.Context(), path, nil, first))
	dropped := load(t, path)
	_, err = dropped.Open(old, "user_1", "openai")
	require.ErrorIs(t, err, seal.ErrUnknownKey)
	_, err = dropped.Open(renewed, "user_1", "openai")
	require.NoError(t, err)
	require.ErrorIs(t, seal.Drop(t.Context(), path, nil, first), seal.ErrNoSuchKey)
	require.ErrorIs(t, seal.Promote(t.Context(), path, nil, first), seal.ErrNoSuchKey)
}

func TestRotationKeepsTheFilePrivateAndItsLink(t *testing.T) {
	t.Parallel()
	path, _ := newRing(t)
	link := filepath.Join(t.TempDir(), "link.json")
	require.NoError(t, os.Symlink(path, link))
	_, err := seal.Add(t.Context(), link, nil)
	require.NoError(t, err)
	info, err := os.Lstat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode())
	target, err := os.Readlink(link)
	require.NoError(t, err)
	assert.Equal(t, path, target, "the link stays one")
	assert.Len(t, load(t, path).Keys(), 2)
	left, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	assert.Len(t, left, 1, "no temporary files stay")
}

func TestChangesAtOnceAreAllKept(t *testing.T) {
	t.Parallel()
	path, _ := newRing(t)
	var adders sync.WaitGroup
	for range 8 {
		adders.Go(func() {
			_, err := seal.Add(t.Context(), path, nil)
			assert.NoError(t, err)
		})
	}
	adders.Wait()
	assert.Len(t, load(t, path).Keys(), 9)
}

func TestCreateNeverOverwrites(t *testing.T) {
	t.Parallel()
	path, ring := newRing(t)
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	require.ErrorIs(t, seal.Create(t.Context(), path, nil), fs.ErrExist)
	assert.Equal(t, ring.Keys(), load(t, path).Keys())
}

func TestProcessesThatCreateAtOnceShareOneRing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data", "ring.json")
	rings := make([]*seal.Ring, 8)
	var starts sync.WaitGroup
	for i := range rings {
		starts.Go(func() {
			var err error
			rings[i], err = seal.LoadOrCreate(t.Context(), seal.Source{File: path}, nothingSealed)
			assert.NoError(t, err)
		})
	}
	starts.Wait()
	for _, ring := range rings {
		require.NotNil(t, ring)
		assert.Equal(t, rings[0].PrimaryPrefix(), ring.PrimaryPrefix())
	}
	left, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	assert.Len(t, left, 1, "no temporary files stay")
}

func nothingSealed(context.Context) bool { return false }
func someSealed(context.Context) bool    { return true }

// A ring that is lost while it is needed is not made again.
func TestALostRingIsNotReplaced(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lost.json")
	source := seal.Source{File: path}
	_, err := seal.LoadOrCreate(t.Context(), source, someSealed)
	require.ErrorIs(t, err, fs.ErrNotExist)
	for _, advice := range []string{path + " is missing", "put it back", "worker keys create " + path, "holds API keys"} {
		require.ErrorContains(t, err, advice)
	}
	assert.NoFileExists(t, path)
	ring, err := seal.LoadOrCreate(t.Context(), source, nothingSealed)
	require.NoError(t, err)
	again, err := seal.LoadOrCreate(t.Context(), source, someSealed)
	require.NoError(t, err)
	assert.Equal(t, ring.Keys(), again.Keys(), "a ring that is there is read")
}

func TestLoadFromAVariable(t *testing.T) {
	t.Parallel()
	path, ring := newRing(t)
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	for name, value := range map[string]string{
		"JSON":   string(content),
		"Base64": " " + base64.StdEncoding.EncodeToString(content) + "\n",
	} {
		loaded, err := seal.Load(t.Context(), seal.Source{Value: value, File: "/nowhere"})
		require.NoError(t, err, name)
		assert.Equal(t, ring.Keys(), loaded.Keys(), name)
	}
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	path, _ := newRing(t)
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	ring := string(content)
	secret := ring[strings.Index(ring, `"value":"`)+9:][:20] // of the sealing key
	for name, test := range map[string]struct{ value, says string }{
		"no JSON":         {secret, "the key ring is not a JSON document"},
		"cut":             {ring[:len(ring)/2], "the key ring is not a JSON document"},
		"only one keyset": {`{"sealing": {}}`, "the key ring is not a JSON document"},
		"no keyset":       {strings.Replace(ring, `"keyMaterialType"`, `"`+secret+`"`, 1), "is no Tink keyset"},
		"keysets exchanged": {
			strings.NewReplacer(`"sealing"`, `"fingerprint"`, `"fingerprint"`, `"sealing"`).Replace(ring),
			"the sealing keyset holds no AEAD keys",
		},
		"sealing keyset only": {fmt.Sprintf(`{"sealing":%[1]s,"fingerprint":%[1]s}`,
			ring[len(`{"sealing":`):strings.Index(ring, `,"fingerprint"`)]), "the fingerprint keyset holds no PRF keys"},
		"keys without prefix": {strings.Replace(ring, `"TINK"`, `"RAW"`, 1), "no prefix of the type TINK"},
		"encrypted": {
			`{"sealing":{"encryptedKeyset":"AAAA"},"fingerprint":{"encryptedKeyset":"AAAA"}}`,
			"set SEAL_KMS_URI",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := seal.Load(t.Context(), seal.Source{Value: test.value})
			require.ErrorContains(t, err, test.says)
			assert.NotContains(t, err.Error(), secret[:12])
		})
	}
}

func TestLoadRefusesFiles(t *testing.T) {
	t.Parallel()
	for _, mode := range []os.FileMode{0o644, 0o640, 0o604, 0o700, 0o666, 0o620} {
		path, _ := newRing(t)
		require.NoError(t, os.Chmod(path, mode))
		_, err := seal.Load(t.Context(), seal.Source{File: path})
		require.ErrorContains(t, err, "run `chmod 600 "+path+"`")
	}
	path, _ := newRing(t)
	require.NoError(t, os.Chmod(path, 0o400))
	load(t, path)

	_, err := seal.Load(t.Context(), seal.Source{File: filepath.Join(t.TempDir(), "none")})
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = seal.LoadOrCreate(t.Context(), seal.Source{}, nothingSealed)
	require.ErrorContains(t, err, "no key ring is named")
	_, err = seal.Load(t.Context(), seal.Source{File: t.TempDir()})
	require.ErrorContains(t, err, "is not a regular file")
	pipe := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	_, err = seal.Load(t.Context(), seal.Source{File: pipe})
	require.ErrorContains(t, err, "is not a regular file", "the opening does not wait for a writer")
	large := filepath.Join(t.TempDir(), "large")
	require.NoError(t, os.WriteFile(large, make([]byte, 1<<20+1), 0o600))
	_, err = seal.Load(t.Context(), seal.Source{File: large})
	require.ErrorContains(t, err, "too large")
}

func TestRingIsNeverPrinted(t *testing.T) {
	t.Parallel()
	_, ring := newRing(t)
	var out bytes.Buffer
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "ring", ring)
	fmt.Fprintf(&out, "%v %+v %#v %s %x", ring, ring, ring, ring, struct{ R *seal.Ring }{ring})
	assert.Equal(t, 6, strings.Count(out.String(), "ring of 1 keys"), out.String())
}

func TestKeyID(t *testing.T) {
	t.Parallel()
	id, err := seal.ParseKeyID("00a1b2c3")
	require.NoError(t, err)
	assert.Equal(t, seal.KeyID(0xa1b2c3), id)
	assert.Equal(t, "00a1b2c3", id.String())
	assert.Equal(t, []byte{1, 0, 0xa1, 0xb2, 0xc3}, id.Prefix())
	for _, text := range []string{"", "a1b2c3", "0000a1b2c3", "00a1b2cg", "-0a1b2c3"} {
		_, err := seal.ParseKeyID(text)
		require.Error(t, err, text)
	}
}
