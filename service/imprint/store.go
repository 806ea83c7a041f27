package imprint

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// Files of a sink's folder. Receipts are lines of JSON, in files for 1,000
// blocks each, so that a folder holds few files and each stays small.
const (
	fileCheckpoint = "checkpoint.json"
	fileStopped    = "stopped.json"
	dirReceipts    = "receipts"
	bucketBlocks   = 1000
)

// store keeps what a follower must not forget: receipts first, then how far
// they reach. It is used by one goroutine, but for of.
type store struct{ dir string }

// checkpoint is the newest block of which the receipt is kept.
type checkpoint struct {
	V        int    `json:"v"`
	Channel  string `json:"channel"`
	Number   uint64 `json:"number"`
	Hash     string `json:"hash"`
	Receipts uint64 `json:"receipts"` // how many are kept
}

// stopped says why nothing is delivered any more, until a person has decided
// (Resume).
type stopped struct {
	V      int    `json:"v"`
	At     string `json:"at"`
	Number uint64 `json:"number"`
	Ledger string `json:"ledger"` // hash of the block there
	Sink   string `json:"sink"`   // and at the sink
	Why    string `json:"why"`
}

func openStore(dir string) (*store, error) {
	if err := os.MkdirAll(filepath.Join(dir, dirReceipts), 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of receipts: %w", err)
	}
	return &store{dir}, nil
}

// checkpoint reads how far the receipts reach; false when there are none.
func (s *store) checkpoint(channel string) (checkpoint, bool, error) {
	var c checkpoint
	ok, err := s.read(fileCheckpoint, &c)
	if err == nil && ok && (c.V != Version || c.Channel != channel) {
		err = fmt.Errorf("%s is of version %d and channel %.80q: it belongs to another ledger", filepath.Join(s.dir, fileCheckpoint), c.V, c.Channel)
	}
	return c, ok, err
}

func (s *store) stopped() (stopped, bool, error) {
	var st stopped
	ok, err := s.read(fileStopped, &st)
	return st, ok, err
}

func (s *store) read(name string, into any) (bool, error) {
	data, err := os.ReadFile(filepath.Join(s.dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err == nil {
		err = pledge.StrictUnmarshal(data, into)
	}
	if err != nil {
		return false, fmt.Errorf("reading %s: %w", filepath.Join(s.dir, name), err)
	}
	return true, nil
}

func (s *store) setCheckpoint(c checkpoint) error {
	return writeJSON(filepath.Join(s.dir, fileCheckpoint), c)
}

func (s *store) setStopped(st stopped) error { return writeJSON(filepath.Join(s.dir, fileStopped), st) }

// writeJSON replaces a file: a crash leaves the old or the new one, whole.
func writeJSON(path string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return WriteFile(path, append(data, '\n'))
}

// WriteFile replaces a file and returns when that survives a crash.
func WriteFile(path string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(data)
	if err == nil {
		err = tmp.Sync()
	}
	if err := errors.Join(err, tmp.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// keep appends receipts, and returns when they survive a crash.
func (s *store) keep(list []Receipt) error {
	for len(list) > 0 {
		n := 1
		for n < len(list) && list[n].Last/bucketBlocks == list[0].Last/bucketBlocks {
			n++
		}
		if err := s.append(s.bucket(list[0].Last), list[:n]); err != nil {
			return fmt.Errorf("keeping receipts: %w", err)
		}
		list = list[n:]
	}
	return nil
}

func (s *store) bucket(block uint64) string {
	return filepath.Join(s.dir, dirReceipts, fmt.Sprintf("%020d.jsonl", block/bucketBlocks*bucketBlocks))
}

// append first cuts off what a crash left of a line.
func (s *store) append(path string, list []Receipt) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	end, err := wholeLines(f)
	if err == nil {
		err = f.Truncate(end)
	}
	if err == nil {
		_, err = f.WriteAt(lines(list), end)
	}
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if end == 0 && err == nil {
		err = syncDir(filepath.Dir(path))
	}
	return err
}

func lines(list []Receipt) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	for _, r := range list {
		_ = e.Encode(r) // strings and numbers, into memory
	}
	return b.Bytes()
}

// wholeLines is where the last line break of a file is.
func wholeLines(f *os.File) (int64, error) {
	end, err := f.Seek(0, io.SeekEnd)
	for err == nil && end > 0 {
		var last [1]byte
		if _, err = f.ReadAt(last[:], end-1); last[0] == '\n' {
			break
		}
		end--
	}
	return end, err
}

// of finds the receipt for a block; service.ErrNotFound when there is none. A
// receipt for several blocks stands in the file of its last one.
func (s *store) of(block uint64) (Receipt, error) {
	for _, at := range []uint64{block, block + bucketBlocks} {
		r, err := find(s.bucket(at), block)
		if !errors.Is(err, service.ErrNotFound) {
			return r, err
		}
	}
	return Receipt{}, noReceipt(block)
}

func noReceipt(block uint64) error {
	return fmt.Errorf("no receipt for block %d: %w", block, service.ErrNotFound)
}

func find(path string, block uint64) (Receipt, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Receipt{}, noReceipt(block)
	}
	if err != nil {
		return Receipt{}, err
	}
	defer f.Close()
	in := bufio.NewReader(f)
	for {
		line, err := in.ReadBytes('\n')
		if err == io.EOF { // what follows the last line break was never kept
			return Receipt{}, noReceipt(block)
		}
		if err != nil {
			return Receipt{}, fmt.Errorf("reading %s: %w", path, err)
		}
		var r Receipt
		if err := json.Unmarshal(line, &r); err != nil {
			return Receipt{}, fmt.Errorf("reading %s: %w", path, err)
		}
		if r.First <= block && block <= r.Last {
			return r, nil
		}
	}
}
