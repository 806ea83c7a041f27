package sketches

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/preflight/sketch"
	"github.com/datapledge/datapledge/storage"
)

// Vault is what the index needs of a vault.
type Vault interface {
	Document(ctx context.Context, folder, name string) ([]byte, error)
}

// parseDigest reads "sha256:" and 64 lowercase hex digits.
func parseDigest(text string) (sum [32]byte, ok bool) {
	digits, ok := strings.CutPrefix(text, "sha256:")
	if !ok || len(digits) != 64 || digits != strings.ToLower(digits) {
		return sum, false
	}
	_, err := hex.Decode(sum[:], []byte(digits))
	return sum, err == nil
}

// fetch reads a sketch and the digest that names its key. It gives
// service.ErrNotFound when the vault has none or another document of that name,
// and service.ErrUnavailable when it cannot be asked.
func fetch(ctx context.Context, vault Vault, digest [32]byte) (*sketch.Sketch, [32]byte, error) {
	name := hex.EncodeToString(digest[:])
	text, err := vault.Document(ctx, service.FolderSketches, name)
	if ctx.Err() != nil {
		return nil, [32]byte{}, ctx.Err()
	}
	if errors.Is(err, storage.ErrUnavailable) {
		return nil, [32]byte{}, fmt.Errorf("reading sketch %s: %w: %w", name, service.ErrUnavailable, err)
	}
	if err != nil {
		return nil, [32]byte{}, fmt.Errorf("reading sketch %s: %w: %w", name, service.ErrNotFound, err)
	}
	s, key, err := parse(text, digest)
	if err != nil {
		return nil, [32]byte{}, fmt.Errorf("reading sketch %s: %w: %w", name, service.ErrNotFound, err)
	}
	return s, key, nil
}

// parse takes a document only in its one spelling.
func parse(text []byte, digest [32]byte) (*sketch.Sketch, [32]byte, error) {
	if sha256.Sum256(text) != digest {
		return nil, [32]byte{}, errors.New("the document is not the one of that name")
	}
	s, err := sketch.ParseDocument(text)
	if err != nil {
		return nil, [32]byte{}, err
	}
	key, ok := parseDigest(s.KeyID)
	if !ok {
		return nil, [32]byte{}, errors.New("the name of the key is no digest")
	}
	return &s, key, nil
}
