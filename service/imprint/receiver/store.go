package receiver

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/imprint"
)

// store is the folder of a channel:
//
//	head.json                       the newest block that is held whole
//	blocks/<from>/<number>.json     a block as it was delivered; where it came
//	                                in parts: <number>.<part>-of-<parts>.json;
//	                                with what was proven of it later, there or
//	                                in files of another number of parts
//	configs/<number>.block          each configuration of a consortium's channel
//	                                up to head.json, as Fabric serializes it
//	receipts/<from>/<number>.jws    the receipt that was given for it
//	forks/<number>-<hash>.json      what contradicts it, with who signed it
//
// Numbers have 20 digits; from is the number rounded down to a thousand.
type store struct{ dir string }

const perFolder = 1000

func openStore(dir, channel string) (*store, error) {
	s := &store{filepath.Join(filepath.Clean(dir), channel)}
	for _, name := range []string{"blocks", "receipts", "forks"} {
		if err := os.MkdirAll(filepath.Join(s.dir, name), 0o700); err != nil {
			return nil, fmt.Errorf("making the folder of the imprint: %w", err)
		}
	}
	_, err := s.head()
	if !errors.Is(err, service.ErrNotFound) {
		return s, err
	}
	if list, err := os.ReadDir(filepath.Join(s.dir, "receipts")); err != nil || len(list) > 0 {
		return nil, errors.Join(fmt.Errorf("%s holds receipts, but head.json, which says how far they reach, is missing: restore it", s.dir), err)
	}
	return s, nil
}

func (s *store) head() (service.Head, error) {
	var h service.Head
	data, err := os.ReadFile(filepath.Join(s.dir, "head.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return h, fmt.Errorf("nothing was received yet: %w", service.ErrNotFound)
	}
	if err == nil {
		err = pledge.StrictUnmarshal(data, &h)
	}
	if err != nil {
		return h, fmt.Errorf("reading head.json: %w", err)
	}
	return h, nil
}

func (s *store) setHead(h service.Head) error {
	data, err := indent(h)
	if err != nil {
		return err
	}
	return imprint.WriteFile(filepath.Join(s.dir, "head.json"), data)
}

func (s *store) path(kind string, number uint64, ending string) string {
	return filepath.Join(s.dir, kind, fmt.Sprintf("%020d", number/perFolder*perFolder), fmt.Sprintf("%020d", number)+ending)
}

func partEnding(part, parts int) string {
	if parts == 1 {
		return ".json"
	}
	return fmt.Sprintf(".%d-of-%d.json", part, parts)
}

func (s *store) keepPart(d imprint.Delivery) error {
	data, err := indent(d)
	if err != nil {
		return err
	}
	return s.put(s.path("blocks", d.Number, partEnding(d.Part, d.Parts)), data)
}

// put makes the folder when it is the first file in it.
func (s *store) put(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("making a folder: %w", err)
	}
	return imprint.WriteFile(path, data)
}

func (s *store) part(number uint64, part, parts int) (d imprint.Delivery, err error) {
	data, err := os.ReadFile(s.path("blocks", number, partEnding(part, parts)))
	if errors.Is(err, fs.ErrNotExist) {
		return d, fmt.Errorf("part %d of block %d: %w", part, number, service.ErrNotFound)
	}
	if err == nil {
		err = json.Unmarshal(data, &d)
	}
	if err != nil {
		return d, fmt.Errorf("reading block %d: %w", number, err)
	}
	return d, nil
}

// receipt is the one that was given for a block at or before the head.
func (s *store) receipt(number uint64) (string, error) {
	data, err := os.ReadFile(s.path("receipts", number, ".jws"))
	if err != nil {
		return "", fmt.Errorf("reading the receipt for block %d: %w", number, err)
	}
	return strings.TrimSpace(string(data)), nil
}

// held is the receipt for a block and the hash that it states.
func (s *store) held(number uint64) (jws, hash string, err error) {
	if jws, err = s.receipt(number); err != nil {
		return "", "", err
	}
	st, err := statement(jws)
	if err != nil {
		return "", "", fmt.Errorf("reading the receipt for block %d: %w", number, err)
	}
	return jws, st.Hash, nil
}

// statement reads a receipt of our own.
func statement(jws string) (s imprint.Statement, err error) {
	parts := strings.Split(jws, ".")
	if len(parts) != 3 {
		return s, errors.New("it is no JWS")
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal(payload, &s)
}

// signed keeps a new receipt, or finds the one that was made before a crash:
// a block has one receipt.
func (s *store) signed(d imprint.Delivery, sign func() (string, error)) (string, error) {
	if jws, hash, err := s.held(d.Number); err == nil && hash == d.Hash {
		return jws, nil
	}
	jws, err := sign()
	if err != nil {
		return "", fmt.Errorf("signing a receipt: %w", err)
	}
	return jws, s.put(s.path("receipts", d.Number, ".jws"), []byte(jws+"\n"))
}

// keepFork keeps the first request that brought a block, not each attempt.
func (s *store) keepFork(d imprint.Delivery, request any) (string, error) {
	path := filepath.Join(s.dir, "forks", fmt.Sprintf("%020d-%s.json", d.Number, d.Hash))
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	data, err := indent(request)
	if err != nil {
		return "", err
	}
	return path, imprint.WriteFile(path, data)
}
