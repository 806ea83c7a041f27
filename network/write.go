package network

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// write puts the files under the folder, each whole or not at all. Only
// scripts can be executed; nothing is readable by others, as some hold keys.
func (f files) write(dir string) error {
	for _, name := range slices.Sorted(maps.Keys(f)) {
		mode := os.FileMode(0o600)
		if strings.HasPrefix(name, "builder/bin/") {
			mode = 0o700
		}
		if err := writeFile(filepath.Join(dir, filepath.FromSlash(name)), f[name], mode); err != nil {
			return fmt.Errorf("writing %s: %w", name, err)
		}
	}
	return nil
}

// writeFile leaves a file alone that has the content already.
func writeFile(path string, content []byte, mode os.FileMode) error {
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, content) {
		return os.Chmod(path, mode)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	tmp := path + ".new"
	if err := os.WriteFile(tmp, content, mode); err != nil {
		return err
	}
	if err := os.Chmod(tmp, mode); err != nil {
		return err
	}
	return os.Rename(tmp, path)
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
