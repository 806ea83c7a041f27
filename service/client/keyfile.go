package client

import (
	"bytes"
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"filippo.io/age"
	"github.com/go-jose/go-jose/v4"
)

// maxKeyFile bounds what Load reads, in bytes; a key file has under 5,000.
const maxKeyFile = 64 << 10

// ageMagic starts an age file, and so a key file under a passphrase.
const ageMagic = "age-encryption.org/v1\n"

// ErrPassphrase says that the key file did not open: the passphrase is wrong.
var ErrPassphrase = errors.New("wrong passphrase")

// keyFile is the text of a key at rest: an RFC 7517 JWK with members of ours.
type keyFile struct {
	Kty         string `json:"kty"`
	Crv         string `json:"crv"`
	X           string `json:"x"`
	Y           string `json:"y,omitempty"`
	D           string `json:"d"`
	KID         string `json:"kid"`
	Party       string `json:"party,omitempty"`
	Scope       string `json:"scope,omitempty"`
	AgeIdentity string `json:"age_identity,omitempty"`
}

// Load reads a key file. The passphrase is asked for only when the file
// needs one; a nil func then is an error.
func Load(path string, passphrase func() (string, error)) (*Key, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	if len(data) > maxKeyFile {
		return nil, fmt.Errorf("%s is no key file: it is too large", path)
	}
	if bytes.HasPrefix(data, []byte(ageMagic)) {
		if data, err = unlock(data, passphrase); err != nil {
			return nil, fmt.Errorf("opening %s: %w", path, err)
		}
	}
	k, err := parseKey(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return k, nil
}

// Save writes the key to a new file with mode 0600, under a passphrase when
// one is given. It never overwrites: a lost key cannot be made again. A
// crash leaves the whole file or none.
func (k *Key) Save(path, passphrase string) error {
	data, err := k.encode()
	if err != nil {
		return err
	}
	if passphrase != "" {
		if data, err = lock(data, passphrase); err != nil {
			return err
		}
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".key-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	if err := writeSync(tmp, data); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	// A link, unlike a rename, fails when the name is taken.
	err = os.Link(tmp.Name(), path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	return saveUnlinked(path, data)
}

// saveUnlinked is for file systems without hard links.
func saveUnlinked(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := writeSync(f, data); err != nil {
		return errors.Join(fmt.Errorf("writing %s: %w", path, err), os.Remove(path))
	}
	return nil
}

func writeSync(f *os.File, data []byte) error {
	_, err := f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

func (k *Key) encode() ([]byte, error) {
	raw, err := jose.JSONWebKey{Key: k.reveal().signer}.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("encoding the key: %w", err)
	}
	var file keyFile
	if err := json.Unmarshal(raw, &file); err != nil {
		return nil, fmt.Errorf("encoding the key: %w", err)
	}
	s := k.reveal()
	file.KID, file.Party, file.Scope, file.AgeIdentity = s.kid, s.party, s.scope, s.ageText
	text, err := json.MarshalIndent(file, "", "  ")
	return append(text, '\n'), err
}

// parseKey reads the text of a key file. Its messages never quote the text.
func parseKey(data []byte) (*Key, error) {
	var file keyFile
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&file); err != nil {
		return nil, errors.New("not a key file (a private JWK)")
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("not a key file: something follows the key")
	}
	signer, err := parseSigner(file)
	if err != nil {
		return nil, err
	}
	k, err := newKey(signer, file.Party, file.Scope)
	if err != nil {
		return nil, err
	}
	if file.KID != "" && file.KID != k.reveal().kid {
		return nil, errors.New("the key is damaged: its kid is not its thumbprint")
	}
	if file.AgeIdentity != "" {
		if err := k.setIdentity(file.AgeIdentity); err != nil {
			return nil, err
		}
	}
	return k, nil
}

func parseSigner(file keyFile) (crypto.Signer, error) {
	if file.Kty+" "+file.Crv != "OKP Ed25519" && file.Kty+" "+file.Crv != "EC P-256" {
		return nil, errors.New("not an Ed25519 or P-256 key")
	}
	if file.D == "" {
		return nil, errors.New("a public key; the private one is needed")
	}
	raw, err := json.Marshal(map[string]string{
		"kty": file.Kty, "crv": file.Crv, "x": file.X, "y": file.Y, "d": file.D})
	if err != nil {
		return nil, err
	}
	var jwk jose.JSONWebKey
	if err := jwk.UnmarshalJSON(raw); err != nil || !jwk.Valid() {
		return nil, errors.New("the key is damaged")
	}
	signer, ok := jwk.Key.(crypto.Signer)
	if !ok {
		return nil, errors.New("the key is damaged")
	}
	return signer, matches(signer)
}

// matches makes sure that the private part belongs to the public one: a
// file that was pieced together would sign what nobody can verify.
func matches(signer crypto.Signer) error {
	probe := &Key{func() *secret { return &secret{signer: signer} }}
	jws, err := probe.SignJWS("probe", []byte("probe"))
	if err != nil {
		return errors.New("the key is damaged")
	}
	parsed, err := jose.ParseSignedCompact(jws, []jose.SignatureAlgorithm{jose.EdDSA, jose.ES256})
	if err == nil {
		_, err = parsed.Verify(signer.Public())
	}
	if err != nil {
		return errors.New("the key is damaged: its private part is not that of its public part")
	}
	return nil
}

func lock(data []byte, passphrase string) ([]byte, error) {
	r, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w, err := age.Encrypt(&b, r)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func unlock(data []byte, passphrase func() (string, error)) ([]byte, error) {
	if passphrase == nil {
		return nil, errors.New("the key has a passphrase, and nobody to ask for it")
	}
	word, err := passphrase()
	if err != nil {
		return nil, err
	}
	id, err := age.NewScryptIdentity(word)
	if err != nil {
		return nil, err
	}
	r, err := age.Decrypt(bytes.NewReader(data), id)
	if err != nil {
		if none := (*age.NoIdentityMatchError)(nil); errors.As(err, &none) {
			return nil, ErrPassphrase
		}
		return nil, err
	}
	return io.ReadAll(io.LimitReader(r, maxKeyFile))
}
