package network

import (
	"errors"
	"io"
	"path/filepath"
)

// Attach is a network that another process runs: its files can be found by
// it, but its nodes neither stopped nor started. It must be up.
func Attach(dir string) (*Running, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	c, g, err := Made(dir)
	if err != nil {
		return nil, err
	}
	if readPID(supervisorFile(dir)) == 0 {
		return nil, errors.New("the network in " + dir + " does not run; 'datapledge network up' starts it")
	}
	return &Running{l: layout{c, dir}, genesis: g, log: io.Discard, spawner: newSpawner(), unlock: func() {}}, nil
}
