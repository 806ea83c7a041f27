package storage

import (
	"bytes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"filippo.io/age"
	"golang.org/x/crypto/chacha20poly1305"
)

// The payload of an age file (C2SP age.md, "Payload"): STREAM over chunks of
// 64 KiB, sealed one by one under a counter and a last-chunk flag. We write and
// read it ourselves because chunks can then be sealed in parallel, continued
// after a crash, and opened alone; headers are left to the age library.
const (
	chunkSize   = 64 << 10
	tagSize     = chacha20poly1305.Overhead
	sealedChunk = chunkSize + tagSize
	nonceSize   = 16 // of the payload key, after the header
	leafChunks  = LeafSize / chunkSize
)

// keeper is a recipient that remembers the file key which it wraps.
type keeper struct {
	age.Recipient
	key []byte
}

// WrapWithLabels keeps the labels of the recipient inside, so that the age
// library still refuses to mix post-quantum and classic recipients.
func (k *keeper) WrapWithLabels(fileKey []byte) ([]*age.Stanza, []string, error) {
	k.key = bytes.Clone(fileKey)
	if r, ok := k.Recipient.(age.RecipientWithLabels); ok {
		return r.WrapWithLabels(fileKey)
	}
	s, err := k.Recipient.Wrap(fileKey)
	return s, nil, err
}

// newPrefix makes what stands before the payload, header and nonce, and the
// file key. The age library writes both before it is given any content.
func newPrefix(to age.Recipient) (prefix, fileKey []byte, err error) {
	var b bytes.Buffer
	k := &keeper{Recipient: to}
	if _, err := age.Encrypt(&b, k); err != nil {
		return nil, nil, fmt.Errorf("making an age header: %w", err)
	}
	if len(k.key) == 0 || b.Len() <= nonceSize {
		return nil, nil, errors.New("storage: internal error: the age library kept its file key")
	}
	return b.Bytes(), k.key, nil
}

// payload seals and opens the chunks of one age file.
type payload struct{ aead cipher.AEAD }

func newPayload(fileKey, prefix []byte) (payload, error) {
	nonce := prefix[len(prefix)-nonceSize:]
	key, err := hkdf.Key(sha256.New, fileKey, nonce, "payload", chacha20poly1305.KeySize)
	if err != nil {
		return payload{}, fmt.Errorf("deriving a payload key: %w", err)
	}
	aead, err := chacha20poly1305.New(key)
	return payload{aead}, err
}

func chunkNonce(index int64, last bool) []byte {
	var n [chacha20poly1305.NonceSize]byte
	binary.BigEndian.PutUint64(n[3:11], uint64(index))
	if last {
		n[11] = 1
	}
	return n[:]
}

// seal seals a chunk in place: its tag follows it.
func (p payload) seal(chunk []byte, index int64, last bool) []byte {
	return p.aead.Seal(chunk[:0], chunkNonce(index, last), chunk, nil)
}

// open opens a sealed chunk in place.
func (p payload) open(sealed []byte, index int64, last bool) ([]byte, error) {
	plain, err := p.aead.Open(sealed[:0], chunkNonce(index, last), sealed, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: chunk %d does not open", ErrCorrupt, index)
	}
	return plain, nil
}

// chunkCount of size plaintext bytes; an empty file has one, empty, chunk.
func chunkCount(size int64) int64 { return max(1, (size+chunkSize-1)/chunkSize) }

// sealedSize is the length of the payload of size plaintext bytes.
func sealedSize(size int64) int64 { return size + chunkCount(size)*tagSize }

// plainSize is the way back. A length that no payload has is refused: only
// the first chunk may be empty.
func plainSize(sealed int64) (int64, error) {
	chunks := (sealed + sealedChunk - 1) / sealedChunk
	plain := sealed - chunks*tagSize
	if sealed < tagSize || plain < 0 || chunkCount(plain) != chunks {
		return 0, fmt.Errorf("%w: no payload is %d bytes long", ErrCorrupt, sealed)
	}
	return plain, nil
}
