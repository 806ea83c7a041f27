package network

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// tools are the programs of a network, by path.
type tools struct {
	peer, orderer, configtxgen, cryptogen, chaincode, versitygw string
}

func (t *tools) all() map[string]*string {
	return map[string]*string{"peer": &t.peer, "orderer": &t.orderer, "configtxgen": &t.configtxgen, "cryptogen": &t.cryptogen,
		"datapledge-chaincode": &t.chaincode, "versitygw": &t.versitygw}
}

// toolsIn takes the programs from a folder.
func toolsIn(dir string, withS3 bool) (tools, error) {
	var t tools
	dir, err := filepath.Abs(dir)
	if err != nil {
		return t, err
	}
	for _, path := range t.all() {
		*path = dir
	}
	return t, t.place(withS3)
}

// place completes the paths of the programs from their folders, and tells
// which are missing.
func (t *tools) place(withS3 bool) error {
	var missing []error
	all := t.all()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		path := all[name]
		dir := *path
		*path = filepath.Join(dir, name)
		if !runs(*path) && (name != "versitygw" || withS3) {
			missing = append(missing, fmt.Errorf("%w: there is no program %s in %s", ErrNoTools, name, dir))
		}
	}
	return errors.Join(missing...)
}

func runs(path string) bool {
	s, err := os.Stat(path)
	return err == nil && s.Mode().IsRegular() && s.Mode()&0o111 != 0
}
