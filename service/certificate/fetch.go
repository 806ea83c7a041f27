package certificate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/datapledge/datapledge/service"
)

// fontPackage is Debian's name of a font with Chinese under a free licence
// (Apache 2.0, or GPL 3 with the font exception).
const fontPackage = "fonts-wqy-microhei"

// FetchFont puts the font of a Debian package into CacheDir, without root, and
// answers with its path. The package manager checks where the package comes
// from. It is for trials: a service has its fonts installed. The error is a
// *service.Trouble with the remedy.
func FetchFont(ctx context.Context) (string, error) {
	path, err := fetchFont(ctx)
	if err != nil {
		return "", &service.Trouble{Cause: "the font package " + fontPackage + " cannot be fetched",
			Remedy: `"apt-get install ` + fontPackage + `", or name fonts in certificates.font_files`, Err: err}
	}
	return path, nil
}

func fetchFont(ctx context.Context) (path string, err error) {
	dir, err := os.MkdirTemp("", "datapledge-font-*")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := execute(ctx, dir, "apt-get", "download", "-q", fontPackage); err != nil {
		return "", err
	}
	found, err := filepath.Glob(filepath.Join(dir, fontPackage+"_*.deb"))
	if err != nil || len(found) != 1 {
		return "", fmt.Errorf("apt-get left %d packages: %w", len(found), fs.ErrNotExist)
	}
	if err := execute(ctx, dir, "dpkg-deb", "-x", found[0], "unpacked"); err != nil {
		return "", err
	}
	return cacheFont(filepath.Join(dir, "unpacked", filepath.FromSlash(strings.TrimPrefix(wellKnown[0], "/"))))
}

// execute runs a program of the package manager, and tells what it said.
func execute(ctx context.Context, dir, name string, args ...string) error {
	c := exec.CommandContext(ctx, name, args...)
	c.Dir = dir
	if said, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %.400s", name, err, bytes.TrimSpace(said))
	}
	return nil
}

// cacheFont copies a font that can be read into the cache, whole or not at all.
func cacheFont(from string) (string, error) {
	if _, err := loadFont(from, 0); err != nil {
		return "", err
	}
	data, err := os.ReadFile(from)
	if err != nil {
		return "", err
	}
	dir, err := CacheDir()
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	path := filepath.Join(dir, filepath.Base(from))
	return path, replace(path, data)
}
