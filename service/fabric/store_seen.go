package fabric

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/datapledge/datapledge/service"
)

const seenName = "seen.json"

// seen is the small file that remembers the highest block ever seen, and
// block 0. It outlives the copy: without it a channel that went backwards
// could not be told from one that is new.
type seen struct {
	disk  sync.Mutex // held while the file is written
	mu    sync.Mutex // guards what follows
	path  string
	mark  seenMark
	known bool // some block was seen
	dirty bool
	wrote time.Time
}

type seenMark struct {
	V       int          `json:"v"`
	Channel string       `json:"channel"`
	Genesis string       `json:"genesis_hash"`
	Head    service.Head `json:"head"`
}

// openSeen reads the file. One that cannot be read is an error and not a
// fresh start: a person should look. pin is the hash of block 0 where it is
// known from elsewhere; empty trusts the first that is read.
func openSeen(dir, channel, pin string) (*seen, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	s := &seen{path: filepath.Join(dir, seenName), mark: seenMark{V: 1, Channel: channel, Genesis: pin}}
	raw, err := os.ReadFile(s.path)
	if errors.Is(err, os.ErrNotExist) {
		return s, nil
	}
	var m seenMark
	if err == nil {
		err = json.Unmarshal(raw, &m)
	}
	if err != nil || m.V != 1 || m.Channel != channel || m.Genesis == "" {
		return nil, fmt.Errorf("%s does not tell which block of channel %q was seen last: %.200q, %w", s.path, channel, raw, errors.Join(err, errors.New("restore it, or delete it to trust the channel as it is now")))
	}
	if pin != "" && pin != m.Genesis {
		return nil, fmt.Errorf("block 0 of channel %q was %s when this folder was made, and %s is trusted now: name the trust file of that channel, or another data folder", channel, m.Genesis, pin)
	}
	s.mark, s.known = m, true
	return s, nil
}

// check compares a block with what was seen before at its height.
func (s *seen) check(number uint64, hash string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case number == 0 && s.mark.Genesis != "" && hash != s.mark.Genesis:
		return fmt.Errorf("block 0 is %s; this service knows channel %s as %s (another network? its copy is in %s): %w", hash, s.mark.Channel, s.mark.Genesis, filepath.Dir(s.path), errForged)
	case s.known && number == s.mark.Head.Height && hash != s.mark.Head.Hash:
		return fmt.Errorf("the orderers signed block %d as %s; it was seen as %s: %w", number, hash, s.mark.Head.Hash, service.ErrRegressed)
	}
	return nil
}

// highest is the highest block that was seen; false when none was.
func (s *seen) highest() (service.Head, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mark.Head, s.known
}

// genesis is the hash of block 0, or empty.
func (s *seen) genesis() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mark.Genesis
}

// begins takes the hash of block 0, "" when it is not known yet.
func (s *seen) begins(genesis string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mark.Genesis == "" {
		s.mark.Genesis = genesis
	}
}

// note remembers a block; on the disk at most once a second, for until then
// the copy itself remembers it. Nobody who asks waits for the disk.
func (s *seen) note(h service.Head, genesis string) error {
	s.mu.Lock()
	if s.mark.Genesis == "" {
		s.mark.Genesis = genesis
	}
	if !s.known || h.Height > s.mark.Head.Height {
		s.mark.Head, s.known, s.dirty = h, true, true
	}
	due := s.dirty && time.Since(s.wrote) >= time.Second
	s.mu.Unlock()
	if !due {
		return nil
	}
	return s.flush()
}

// flush writes what is not on the disk yet.
func (s *seen) flush() error {
	s.disk.Lock()
	defer s.disk.Unlock()
	s.mu.Lock()
	mark, dirty := s.mark, s.dirty
	s.dirty, s.wrote = false, time.Now()
	s.mu.Unlock()
	if !dirty {
		return nil
	}
	raw, err := json.Marshal(mark)
	if err == nil {
		err = replaceFile(s.path, append(raw, '\n'))
	}
	if err != nil {
		s.mu.Lock()
		s.dirty = true
		s.mu.Unlock()
		return fmt.Errorf("remembering block %d: %w", mark.Head.Height, err)
	}
	return nil
}

// replaceFile puts a file in the place of another as a whole, and on the disk.
func replaceFile(path string, content []byte) error {
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
